import type { ListenAddress } from './listen-address.ts';
import type { PublicUrl } from './public-url.ts';
import type { Settings } from './settings.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** SRTP protection profiles by their registered names (RFC 5764, RFC 7714). */
export const srtpProfileNames = ['AES128_CM_HMAC_SHA1_80', 'AEAD_AES_128_GCM'] as const;

/** The settings of a server, checked and ready to use. Each module takes the part that it needs. */
export interface Config {
	readonly listen: ListenAddress;
	/** PEM texts that form a working pair. */
	readonly tls: { readonly cert: string; readonly key: string } | undefined;
	readonly production: boolean;
	readonly publicUrl: PublicUrl | undefined;
	readonly trustedProxies: TrustedProxies;
	readonly media: {
		readonly host: string;
		readonly port: number;
		/** Threads, at least 1. */
		readonly workers: number;
		/** Peers of one room on one of them, before the room spreads over another. */
		readonly spreadAt: number;
		/** Undefined: this machine's own. */
		readonly announcedIps: readonly string[] | undefined;
		/** 0: on demand only. */
		readonly keyframeIntervalMs: number;
		/** In order of preference, at least one. Undefined: all, the one that costs the media path less first. */
		readonly srtpProfiles: readonly (typeof srtpProfileNames)[number][] | undefined;
		/** Whether the native media path is taken where it is there. */
		readonly native: boolean;
	};
	readonly dataDir: string;
	readonly log: { readonly level: Settings['logLevel']; readonly format: Settings['logFormat'] };
}
