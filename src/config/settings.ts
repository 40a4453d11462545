import { Type } from 'typebox';

/**
 * Every setting there is: where it is read from, what it may be, what it is without. The loader, the help text and the table in
 * the documentation all come from this schema. A configuration file uses the property names as keys.
 */
export const SettingsSchema = Type.Object(
	{
		addr: Type.Optional(
			Type.String({
				flag: '--addr',
				argument: 'HOST:PORT',
				without: '`:$PORT`, else `:8080`',
				description: 'Where HTTP and WebSockets listen. An empty host means every address, port 0 any free port.',
			}),
		),
		port: Type.Optional(
			Type.Integer({ env: 'PORT', minimum: 0, maximum: 65_535, without: '8080', description: 'The port where `--addr` is not given.' }),
		),
		cert: Type.Optional(
			Type.String({
				flag: '--cert',
				argument: 'FILE',
				without: 'no TLS',
				description: 'Certificate chain in PEM. Together with `--key` it turns TLS on.',
			}),
		),
		key: Type.Optional(
			Type.String({ flag: '--key', argument: 'FILE', without: 'no TLS', description: 'Private key of the certificate in PEM.' }),
		),
		environment: Type.Optional(
			Type.String({
				env: 'ENVIRONMENT',
				without: 'development',
				description: '`PRODUCTION` makes the URLs in answers use `wss` and asks clients to connect through TURN where it is configured.',
			}),
		),
		publicUrl: Type.Optional(
			Type.String({
				env: 'DURESS_PUBLIC_URL',
				without: 'the Host header of each request',
				description: 'Scheme and host of the URLs in answers, such as `https://help.example.org`.',
			}),
		),
		trustProxy: Type.Optional(
			Type.String({
				env: 'DURESS_TRUST_PROXY',
				without: 'nobody',
				description:
					'Comma list of addresses and CIDR ranges whose `X-Forwarded-For`, `-Host` and `-Proto` are believed; `true` believes everybody.',
			}),
		),
		mediaHost: Type.String({
			env: 'DURESS_MEDIA_HOST',
			default: '::',
			description: 'Address that the media socket binds. `::` serves IPv4 too; where IPv6 is off, `0.0.0.0` takes its place.',
		}),
		mediaPort: Type.Integer({
			env: 'DURESS_MEDIA_PORT',
			default: 40_000,
			minimum: 0,
			maximum: 65_535,
			description: 'UDP port of the first media worker, each further one has the next; 0 means any free ports.',
		}),
		mediaWorkers: Type.Optional(
			Type.Integer({
				env: 'DURESS_MEDIA_WORKERS',
				minimum: 1,
				maximum: 64,
				without: 'one less than the processor has cores, at least 1',
				description: 'Threads that carry media, each on a UDP port of its own.',
			}),
		),
		roomSpread: Type.Integer({
			env: 'DURESS_MEDIA_ROOM_SPREAD',
			default: 250,
			minimum: 1,
			maximum: 10_000,
			description: 'Peers of one room that one media worker serves before the room spreads over another.',
		}),
		announcedIps: Type.Optional(
			Type.String({
				env: 'DURESS_ANNOUNCED_IPS',
				without: "this machine's unicast addresses",
				description: 'Comma list of the addresses that clients are told to send media to.',
			}),
		),
		dataDir: Type.String({ env: 'DURESS_DATA_DIR', default: './data', description: 'Folder of what the server keeps on disk.' }),
		keyframeIntervalMs: Type.Integer({
			env: 'DURESS_KEYFRAME_INTERVAL_MS',
			default: 3_000,
			minimum: 0,
			maximum: 600_000,
			description: 'How often each video source is asked for a key frame, in milliseconds; 0 asks on demand only.',
		}),
		srtpProfiles: Type.Optional(
			Type.String({
				env: 'DURESS_SRTP_PROFILES',
				without: '`AEAD_AES_128_GCM,AES128_CM_HMAC_SHA1_80` with the native media path, the opposite order without',
				description: 'Comma list of the SRTP profiles that are accepted, the preferred one first.',
			}),
		),
		native: Type.Integer({
			env: 'DURESS_NATIVE',
			default: 1,
			minimum: 0,
			maximum: 1,
			description: '0 keeps the media path in TypeScript, also where set-up could build the native one.',
		}),
		logLevel: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
			env: 'DURESS_LOG_LEVEL',
			default: 'info',
			description: 'The least important lines to write.',
		}),
		logFormat: Type.Enum(['auto', 'json', 'pretty'], {
			env: 'DURESS_LOG_FORMAT',
			default: 'auto',
			description: '`auto` is `pretty` on a terminal, `json` elsewhere.',
		}),
	},
	{ additionalProperties: false },
);

export type Settings = Type.Static<typeof SettingsSchema>;

/** A setting as the loader and the documents see it. */
export interface SettingInfo {
	readonly key: string;
	readonly flag: string | undefined;
	readonly argument: string;
	readonly env: string | undefined;
	readonly description: string;
	/** The value without any, as text for people. */
	readonly fallback: string;
	readonly integer: boolean;
	readonly schema: Type.TSchema;
}

/** All settings in the order of the schema. */
export function listSettings(): SettingInfo[] {
	return Object.entries(SettingsSchema.properties).map(([key, schema]) => {
		const text = (name: string): string | undefined => {
			const value: unknown = Reflect.get(schema, name);
			return value === undefined ? undefined : String(value);
		};
		return {
			key,
			flag: text('flag'),
			argument: text('argument') ?? 'VALUE',
			env: text('env'),
			description: text('description') ?? '',
			fallback: text('without') ?? `\`${text('default')}\``,
			integer: text('type') === 'integer',
			schema,
		};
	});
}
