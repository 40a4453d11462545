import type { MediaDescription as ParsedMedia, SessionDescription } from 'sdp-transform';
import type { MediaKind } from '../rtp/codecs.ts';
import { text } from './parse-transport.ts';
import type { Direction, RemoteCodec, RemoteSection, SetupRole } from './remote-description.ts';

/** RFC 9143 lets a mid be any token; longer ones than this fit no header extension either. */
const midPattern = /^[\w!#$%&'*+.^`{|}~-]{1,32}$/;
/** JSEP (RFC 9429 §5.1.2) asks for leniency here: any RTP profile, its transport implied by the fingerprint. */
const rtpProfile = /(^|\/)RTP\/S?AVPF?$/;
/** The rest of a media line, mirrored when the section is refused: printable words, few enough for one line. */
const formatsPattern = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/;
const maxFormatsLength = 1024;
/** A camera with three simulcast layers names three; anything near this is not a camera. */
export const maxSsrcs = 16;
/** Browsers name six kinds of feedback; more than this for one payload type only costs time, as every payload type gets those of `*`. */
const maxFeedback = 16;

/** Reads one media section, or returns undefined when its media line is malformed. */
export function parseSection(media: ParsedMedia, session: SessionDescription, index: number): RemoteSection | undefined {
	const type = text(media.type);
	const port = Number(media.port);
	const protocol = text(media.protocol);
	const formats = text(media.payloads)?.trim();
	if (!type || !protocol || !formats || !Number.isInteger(port) || port < 0 || port > 65_535) return undefined;
	if (formats.length > maxFormatsLength || !formatsPattern.test(formats)) return undefined;
	const kind = rtpProfile.test(protocol) ? mediaKind(type) : undefined;
	const givenMid = text(media.mid) || undefined;
	if (givenMid !== undefined && !midPattern.test(givenMid)) return undefined;
	return {
		kind,
		media: type,
		protocol,
		formats,
		mid: givenMid ?? `section-${index}`,
		midGiven: givenMid !== undefined,
		rejected: port === 0 && media.bundleOnly === undefined,
		direction: direction(media.direction) ?? direction(session.direction) ?? 'sendrecv',
		setup: setupRole(media.setup) ?? setupRole(session.setup),
		codecs: kind === undefined ? [] : parseCodecs(media, formats),
		extensions: parseExtensions(media),
		ssrcs: parseSsrcs(media),
		extmapAllowMixed: (media.extmapAllowMixed ?? session.extmapAllowMixed) !== undefined,
		rtcpMux: media.rtcpMux !== undefined,
		rtcpRsize: media.rtcpRsize !== undefined,
	};
}

function mediaKind(type: string): MediaKind | undefined {
	return type === 'audio' || type === 'video' ? type : undefined;
}

function direction(value: unknown): Direction | undefined {
	return value === 'sendrecv' || value === 'sendonly' || value === 'recvonly' || value === 'inactive' ? value : undefined;
}

function setupRole(value: unknown): SetupRole | undefined {
	return value === 'active' || value === 'passive' || value === 'actpass' || value === 'holdconn' ? value : undefined;
}

function parseCodecs(media: ParsedMedia, formats: string): readonly RemoteCodec[] {
	const names = new Map<string, ParsedMedia['rtp'][number]>();
	for (const line of media.rtp) if (!names.has(String(line.payload))) names.set(String(line.payload), line);
	const parameters = new Map<string, string>();
	for (const line of media.fmtp) if (!parameters.has(String(line.payload))) parameters.set(String(line.payload), String(line.config));
	const feedback = new Map<string, string[]>();
	for (const line of media.rtcpFb ?? []) {
		const value = `${line.type} ${line.subtype ?? ''}`.trim();
		const known = feedback.get(String(line.payload));
		if (known === undefined) feedback.set(String(line.payload), [value]);
		else if (known.length < maxFeedback) known.push(value);
	}
	const codecs: RemoteCodec[] = [];
	for (const format of new Set(formats.split(' '))) {
		const payloadType = Number(format);
		if (!/^\d{1,3}$/.test(format) || payloadType > 127) continue;
		const line = names.get(format);
		codecs.push({
			payloadType,
			name: line === undefined ? '' : String(line.codec),
			clockRate: Number(line?.rate ?? 0),
			channels: Number(line?.encoding ?? 1),
			format: parameters.get(format) ?? '',
			parameters: parseParameters(parameters.get(format) ?? ''),
			feedback: [...(feedback.get(format) ?? []), ...(feedback.get('*') ?? [])],
		});
	}
	return codecs;
}

function parseParameters(config: string): ReadonlyMap<string, string> {
	const parameters = new Map<string, string>();
	for (const part of config.split(';')) {
		const equals = part.indexOf('=');
		if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
	}
	return parameters;
}

/** Encrypted extensions (RFC 6904) and those switched off for the media's direction are passed over. */
function parseExtensions(media: ParsedMedia): readonly { readonly id: number; readonly uri: string }[] {
	const extensions: { id: number; uri: string }[] = [];
	for (const line of media.ext ?? []) {
		const id = Number(line.value);
		if (line['encrypt-uri'] !== undefined || line.direction === 'inactive' || id < 1 || id > 255) continue;
		extensions.push({ id, uri: String(line.uri) });
	}
	return extensions;
}

/** RFC 5576. In a group FID (RFC 4588) or FEC-FR (RFC 5956) all but the first stream carry repairs, not media. */
function parseSsrcs(media: ParsedMedia): readonly number[] {
	const repairs = new Set<string>();
	for (const group of media.ssrcGroups ?? []) {
		if (group.semantics !== 'FID' && group.semantics !== 'FEC-FR') continue;
		for (const ssrc of String(group.ssrcs).split(' ').slice(1)) repairs.add(ssrc);
	}
	const ssrcs = new Set<number>();
	for (const line of media.ssrcs ?? []) {
		const ssrc = Number(line.id);
		if (repairs.has(String(line.id)) || !Number.isInteger(ssrc) || ssrc < 1 || ssrc > 0xffff_ffff) continue;
		if (ssrcs.size < maxSsrcs) ssrcs.add(ssrc);
	}
	return [...ssrcs];
}
