/** Clients' descriptions for tests, written to order; those of real stacks lie in `fixtures/`. */
import type { Result } from './negotiation-errors.ts';

const digest = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase()).join(':');

/** Names of the descriptions in `fixtures/`: made by Chromium and libdatachannel, or after the model of the others. */
export const samples: readonly string[] = [
	'chromium-answer-broadcaster',
	'chromium-answer-viewer',
	'chromium-offer-recvonly',
	'chromium-offer-sendrecv',
	'firefox-offer',
	'libdatachannel-answer-broadcaster',
	'libdatachannel-answer-viewer',
	'libdatachannel-offer',
	'pion-answer-viewer',
	'safari-offer',
];

export interface ClientSection {
	readonly kind: 'audio' | 'video' | 'application';
	readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
	readonly mid?: string;
	readonly rejected?: boolean;
	/** `payload type` → rtpmap value, with `;fmtp` after it where needed. */
	readonly codecs?: Readonly<Record<number, string>>;
	readonly lines?: readonly string[];
}

export interface ClientTransport {
	readonly ufrag?: string;
	readonly fingerprint?: string;
	readonly setup?: string;
}

export const fingerprintA = digest;
export const fingerprintB = digest.replaceAll('0', 'A');

const fixedCodecs = {
	video: { 96: 'VP8/90000', 98: 'H264/90000;level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f' },
	audio: { 111: 'opus/48000/2' },
	application: {},
};

/** Writes a client's SDP with one section for each entry, bundled. */
export function clientSdp(sections: readonly ClientSection[], transport: ClientTransport = {}): string {
	const { ufrag = 'clie', fingerprint = fingerprintA, setup = 'active' } = transport;
	const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0'];
	const bundled = sections.flatMap(({ rejected, mid }, index) => (rejected ? [] : [mid ?? String(index)]));
	lines.push(`a=group:BUNDLE ${bundled.join(' ')}`);
	for (const [index, section] of sections.entries()) {
		const table: Readonly<Record<string, string>> = section.codecs ?? fixedCodecs[section.kind];
		const codecs = Object.entries(table);
		const formats = codecs.map(([payloadType]) => payloadType).join(' ') || 'webrtc-datachannel';
		const protocol = section.kind === 'application' ? 'UDP/DTLS/SCTP' : 'UDP/TLS/RTP/SAVPF';
		lines.push(`m=${section.kind} ${section.rejected ? 0 : 9} ${protocol} ${formats}`, 'c=IN IP4 0.0.0.0');
		lines.push(`a=mid:${section.mid ?? index}`, `a=${section.direction ?? 'sendrecv'}`, 'a=rtcp-mux', `a=setup:${setup}`);
		lines.push(`a=ice-ufrag:${ufrag}`, 'a=ice-pwd:0123456789abcdefghijklmn', `a=fingerprint:sha-256 ${fingerprint}`);
		for (const [payloadType, text] of codecs) {
			const [rtpmap, ...parameters] = text.split(';');
			lines.push(`a=rtpmap:${payloadType} ${rtpmap}`);
			if (parameters.length > 0) lines.push(`a=fmtp:${payloadType} ${parameters.join(';')}`);
		}
		lines.push(...(section.lines ?? []));
	}
	return `${lines.join('\r\n')}\r\n`;
}

/** The value of a result that must be one. */
export function expectValue<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`refused: ${result.error}`);
	return result.value;
}

/** The lines of each media section, its media line first. */
export function mediaSections(sdp: string): string[][] {
	const sections: string[][] = [];
	for (const line of sdp.split('\r\n')) {
		if (line.startsWith('m=')) sections.push([line]);
		else if (line !== '') sections.at(-1)?.push(line);
	}
	return sections;
}

/** For each media section its kind, mid and direction, such as `video 0 recvonly`; `rejected` where its port is 0. */
export function outline(sdp: string): string[] {
	return mediaSections(sdp).map((lines) => {
		const kind = /^m=(\w+) (\d+)/.exec(lines[0] ?? '');
		const mid = lines.find((line) => line.startsWith('a=mid:'))?.slice(6) ?? '-';
		const direction = lines.find((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line))?.slice(2);
		return `${kind?.[1]} ${mid} ${kind?.[2] === '0' ? 'rejected' : direction}`;
	});
}
