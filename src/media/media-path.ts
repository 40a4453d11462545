import type { SrtpProfile } from '../srtp/profile.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { type FanOut, TypeScriptFanOut } from './fan-out.ts';
import type { MediaSocket } from './media-socket.ts';
import type { NativeAddon } from './native-addon.ts';
import { NativeFanOut } from './native-fan-out.ts';
import { NativeSocket } from './native-socket.ts';
import { nativeTransforms } from './native-transform.ts';
import { Outlet } from './outlet.ts';
import { UdpSocket } from './udp-socket.ts';

/** What carries an engine's media: its socket, SRTP and fan-out, all in TypeScript or all native. Whoever opens something closes it. */
export interface MediaPath {
	readonly socket: MediaSocket;
	readonly fanOut: FanOut;
	openOutlet(profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array): Outlet;
	openReceiver(profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array): SrtpReceiver;
}

/**
 * All profiles, the one that costs less first (decisions 16 and 19): GCM in native code, AES-CM in TypeScript, where each GCM packet needs
 * a cipher of its own.
 */
export function preferredProfiles(native: NativeAddon | undefined): readonly SrtpProfile[] {
	return native === undefined ? ['AES128_CM_HMAC_SHA1_80', 'AEAD_AES_128_GCM'] : ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'];
}

/** Binds the socket. Rejects with the system's error when the address cannot be bound. */
export async function openMediaPath(native: NativeAddon | undefined, host: string, port: number): Promise<MediaPath> {
	return native === undefined
		? typeScriptPath(await UdpSocket.bind(host, port))
		: nativePath(native, NativeSocket.bind(native, host, port));
}

function typeScriptPath(socket: UdpSocket): MediaPath {
	return {
		socket,
		fanOut: new TypeScriptFanOut(socket),
		openOutlet: (...keys) => new Outlet(new SrtpSender(...keys)),
		openReceiver: (...keys) => new SrtpReceiver(...keys),
	};
}

function nativePath(addon: NativeAddon, socket: NativeSocket): MediaPath {
	const create = nativeTransforms(addon);
	return {
		socket,
		fanOut: new NativeFanOut(addon, socket),
		openOutlet: (...keys) => {
			const transform = create(...keys);
			return new Outlet(new SrtpSender(...keys, () => transform), addon, transform.context);
		},
		openReceiver: (...keys) => new SrtpReceiver(...keys, create),
	};
}
