import { type MediaDescription as ParsedMedia, parse, type SessionDescription } from 'sdp-transform';
import type { Result } from './negotiation-errors.ts';
import { parseSection } from './parse-section.ts';
import { parseTransport } from './parse-transport.ts';
import type { RemoteDescription, RemoteSection, RemoteTransport } from './remote-description.ts';

/** A browser writes about 60 lines for a section, this server answers up to 50 of them. */
export const maxLines = 4096;
/** More than twice the sections that this server offers at most. */
export const maxRemoteSections = 64;

/**
 * The lines that this server reads. The rest is left out beforehand: the reader tries some 50 expressions on each line it does not know.
 * Of fingerprints it keeps one per level, the last, so those with a digest that is not trusted (SHA-1 and older) must not push
 * a usable one out.
 */
const usedLine =
	/^(m=|a=(sendrecv|sendonly|recvonly|inactive|rtcp-mux|rtcp-rsize|bundle-only|ice-lite|extmap-allow-mixed)\b|a=(group|mid|setup|ice-ufrag|ice-pwd|rtpmap|fmtp|rtcp-fb|extmap|ssrc|ssrc-group):|a=fingerprint:sha-(256|384|512) )/i;

/**
 * Reads an SDP of a client: CRLF, LF or CR line ends, with or without the last one. What cannot be understood is refused as a whole;
 * unknown attributes are passed over. Never throws.
 */
export function parseDescription(sdp: string): Result<RemoteDescription> {
	const lines = sdp.split(/\r\n|\r|\n/);
	if (lines.length > maxLines) return { ok: false, error: 'too-many-lines' };
	if (lines[0]?.trimEnd() !== 'v=0') return { ok: false, error: 'bad-sdp' };
	if (lines.filter((line) => line.startsWith('m=')).length > maxRemoteSections) return { ok: false, error: 'too-many-sections' };
	let session: SessionDescription;
	try {
		session = parse(lines.filter((line) => usedLine.test(line)).join('\r\n'));
	} catch {
		return { ok: false, error: 'bad-sdp' };
	}
	return fromSession(session);
}

function fromSession(session: SessionDescription): Result<RemoteDescription> {
	const sections: RemoteSection[] = [];
	const transports: (RemoteTransport | undefined)[] = [];
	const mids = new Set<string>();
	for (const [index, media] of session.media.entries()) {
		const section = parseSection(media, session, index);
		if (section === undefined) return { ok: false, error: 'bad-media-line' };
		if (mids.has(section.mid)) return { ok: false, error: 'duplicate-mid' };
		mids.add(section.mid);
		sections.push(section);
		transports.push(parseTransport(media, session));
	}
	const bundle = bundleOf(session);
	const tagged = taggedSection(sections, bundle);
	const transport = tagged === undefined ? undefined : transports[tagged];
	if (tagged !== undefined && transport === undefined) return { ok: false, error: 'no-transport' };
	return {
		ok: true,
		value: {
			sections: sections.map((section, index) =>
				shares(section, transport, transports[index], session.media[index], bundle) ? section : { ...section, rejected: true },
			),
			transport,
			bundled: bundle.length > 0,
			iceLite: session.icelite !== undefined,
		},
	};
}

function bundleOf(session: SessionDescription): readonly string[] {
	const group = session.groups?.find((candidate) => candidate.type === 'BUNDLE');
	return group === undefined ? [] : String(group.mids).split(' ');
}

/** RFC 8843 §7.1.2: the first mid of the group whose section is in use names the transport; without a group, the first section does. */
function taggedSection(sections: readonly RemoteSection[], bundle: readonly string[]): number | undefined {
	for (const mid of bundle) {
		const index = sections.findIndex((section) => section.mid === mid && !section.rejected);
		if (index >= 0) return index;
	}
	const first = sections.findIndex((section) => !section.rejected);
	return first < 0 ? undefined : first;
}

/** A section outside the bundle is served only when it names the same transport: this server has one per peer. */
function shares(
	section: RemoteSection,
	transport: RemoteTransport | undefined,
	own: RemoteTransport | undefined,
	media: ParsedMedia | undefined,
	bundle: readonly string[],
): boolean {
	if (section.rejected || bundle.includes(section.mid) || media === undefined) return true;
	return own !== undefined && own.ufrag === transport?.ufrag && own.fingerprint.value === transport.fingerprint.value;
}
