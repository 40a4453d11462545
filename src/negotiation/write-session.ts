import { codecNamed, type MediaKind } from '../rtp/codecs.ts';
import { type ExtensionName, headerExtensions } from './header-extensions.ts';
import type { IceCredentials, Publication } from './media-description.ts';
import type { Direction } from './remote-description.ts';
import type { Section, SectionCodec } from './section.ts';

/** What every description of this server says of its transport. */
export interface LocalTransport {
	readonly ice: IceCredentials;
	/** SHA-256 digest of the server's certificate, hex pairs parted by colons. */
	readonly fingerprint: string;
	/** Host candidates, best first. */
	readonly candidates: readonly { readonly address: string; readonly port: number }[];
}

export interface SessionToWrite {
	/** Number of the session in the `o=` line, the same for all its descriptions (RFC 8866 §5.2). */
	readonly sessionId: string;
	/** Grows with every description. */
	readonly version: number;
	readonly setup: 'actpass' | 'passive';
	readonly bundled: boolean;
	readonly transport: LocalTransport;
	readonly sections: readonly { readonly section: Section; readonly direction: Direction }[];
}

/**
 * Feedback messages (RFC 4585, RFC 5104) by direction. Up: transport-cc makes a browser raise its bit rate. Down: REMB, because the
 * sequence numbers of transport-cc would differ from viewer to viewer. Lost pictures are sent again both ways (`nack`); sound is not: it
 * would come too late, and browsers do not take it. Repeated sound (RED) stands in for it.
 */
const uplinkFeedback: Readonly<Record<MediaKind, readonly string[]>> = {
	video: ['transport-cc', 'ccm fir', 'nack', 'nack pli'],
	audio: ['transport-cc'],
};
const downlinkFeedback: Readonly<Record<MediaKind, readonly string[]>> = { video: ['nack', 'nack pli', 'ccm fir', 'goog-remb'], audio: [] };
const uplinkExtensions: Readonly<Record<MediaKind, readonly ExtensionName[]>> = {
	video: ['mid', 'absSendTime', 'transportCc', 'dependencyDescriptor'],
	audio: ['mid', 'absSendTime', 'transportCc'],
};
const downlinkExtensions: readonly ExtensionName[] = ['absSendTime'];

/** Writes SDP, CRLF line ends, ICE-lite, every section on one transport. */
export function writeSession(session: SessionToWrite): string {
	const used = session.sections.filter(({ section }) => !section.rejected);
	const lines = [
		'v=0',
		`o=- ${session.sessionId} ${session.version} IN IP4 127.0.0.1`,
		's=-',
		't=0 0',
		'a=ice-lite',
		...(session.bundled ? [`a=group:BUNDLE${used.map(({ section }) => ` ${section.mid}`).join('')}`] : []),
		'a=msid-semantic: WMS *',
	];
	for (const { section, direction } of session.sections) {
		if (section.rejected) lines.push(...rejectedLines(section));
		// RFC 8843 §7.1: candidates stand in the section that names the bundle's transport, the first in use.
		else lines.push(...sectionLines(section, direction, session, section === used[0]?.section));
	}
	return `${lines.join('\r\n')}\r\n`;
}

function rejectedLines(section: Section): string[] {
	const formats = section.codecs.length > 0 ? formatsOf(section) : section.formats;
	return [
		`m=${section.media} 0 ${section.protocol} ${formats}`,
		'c=IN IP4 0.0.0.0',
		...(section.midWritten ? [`a=mid:${section.mid}`] : []),
		'a=inactive',
		...codecLines(section, []),
	];
}

function sectionLines(section: Section, direction: Direction, session: SessionToWrite, tagged: boolean): string[] {
	const { ice, fingerprint, candidates } = session.transport;
	const best = candidates[0];
	const receives = direction === 'recvonly' || direction === 'sendrecv';
	const sends = direction === 'sendonly' || direction === 'sendrecv';
	const kind = section.kind ?? 'audio';
	const feedback = new Set([...(receives ? uplinkFeedback[kind] : []), ...(sends ? downlinkFeedback[kind] : [])]);
	const extensions = receives ? uplinkExtensions[kind] : downlinkExtensions;
	const mixed = section.extmapAllowMixed && section.extensions.dependencyDescriptor !== undefined && receives && kind === 'video';
	return [
		`m=${section.media} ${best?.port ?? 9} ${section.protocol} ${formatsOf(section)}`,
		`c=IN ${best === undefined ? 'IP4 0.0.0.0' : connection(best.address)}`,
		...(tagged ? candidateLines(candidates) : []),
		`a=ice-ufrag:${ice.ufrag}`,
		`a=ice-pwd:${ice.pwd}`,
		`a=fingerprint:sha-256 ${fingerprint}`,
		`a=setup:${session.setup}`,
		...(section.midWritten ? [`a=mid:${section.mid}`] : []),
		...(mixed ? ['a=extmap-allow-mixed'] : []),
		...extensions.flatMap((name) => {
			const id = section.extensions[name];
			return id === undefined ? [] : [`a=extmap:${id} ${headerExtensions[name].uri}`];
		}),
		`a=${direction}`,
		...(sends && section.carries !== undefined ? [`a=msid:${section.carries.streamName} ${section.carries.streamName}-${kind}`] : []),
		'a=rtcp-mux',
		...(section.rtcpRsize ? ['a=rtcp-rsize'] : []),
		...codecLines(section, [...feedback]),
		...(sends && section.carries !== undefined ? streamLines(section, section.carries) : []),
	];
}

/** RFC 8445 §5.1.2.1: type preference 126 for host candidates, one local preference each, component 1. */
export function candidateLines(candidates: LocalTransport['candidates']): string[] {
	const lines = candidates.map(({ address, port }, index) => {
		const priority = 126 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255;
		return `a=candidate:${index + 1} 1 udp ${priority} ${address} ${port} typ host`;
	});
	return [...lines, 'a=end-of-candidates'];
}

function connection(address: string): string {
	return `${address.includes(':') ? 'IP6' : 'IP4'} ${address}`;
}

/** RED stands first: a client sends the first format that it accepts. */
function formatsOf(section: Section): string {
	const formats = section.codecs.flatMap(({ payloadType, rtxPayloadType }) => [payloadType, rtxPayloadType]);
	return [section.redPayloadType, ...formats].filter((format) => format !== undefined).join(' ');
}

function codecLines(section: Section, feedback: readonly string[]): string[] {
	return [...redLines(section), ...section.codecs.flatMap((codec) => [...mediaLines(codec, feedback), ...rtxLines(codec)])];
}

function mediaLines(entry: SectionCodec, feedback: readonly string[]): string[] {
	const codec = codecNamed(entry.codec);
	const allowed = entry.offeredFeedback;
	return [
		`a=rtpmap:${entry.payloadType} ${codec.name}/${codec.clockRate}${codec.channels === undefined ? '' : `/${codec.channels}`}`,
		...feedback
			.filter((value) => allowed === undefined || allowed.includes(value))
			.map((value) => `a=rtcp-fb:${entry.payloadType} ${value}`),
		...(entry.parameters === undefined ? [] : [`a=fmtp:${entry.payloadType} ${entry.parameters}`]),
	];
}

/** RFC 4588 §8.1. */
function rtxLines({ codec, payloadType, rtxPayloadType }: SectionCodec): string[] {
	if (rtxPayloadType === undefined) return [];
	return [`a=rtpmap:${rtxPayloadType} rtx/${codecNamed(codec).clockRate}`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`];
}

/** RFC 2198 §5: one earlier block beside the present one, both Opus. A receiver takes more or fewer all the same. */
function redLines({ redPayloadType, codecs }: Section): string[] {
	const opus = codecs.find(({ codec }) => codec === 'opus');
	if (redPayloadType === undefined || opus === undefined) return [];
	return [`a=rtpmap:${redPayloadType} red/48000/2`, `a=fmtp:${redPayloadType} ${opus.payloadType}/${opus.payloadType}`];
}

/** RFC 5576 §4.2, RFC 4588 §8.8: the group FID names the retransmissions' SSRC after that of the picture. */
function streamLines({ kind, codecs }: Section, { streamName, videoSsrc, videoRtxSsrc, audioSsrc }: Publication): string[] {
	if (kind !== 'video') return [`a=ssrc:${audioSsrc} cname:${streamName}`];
	const primary = `a=ssrc:${videoSsrc} cname:${streamName}`;
	if (!codecs.some(({ rtxPayloadType }) => rtxPayloadType !== undefined)) return [primary];
	return [`a=ssrc-group:FID ${videoSsrc} ${videoRtxSsrc}`, primary, `a=ssrc:${videoRtxSsrc} cname:${streamName}`];
}
