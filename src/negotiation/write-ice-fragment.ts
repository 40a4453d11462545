import type { Section } from './section.ts';
import { candidateLines, type LocalTransport } from './write-session.ts';

/**
 * The server's ICE session as an `application/trickle-ice-sdpfrag` (RFC 8840 §9, RFC 9725 §4.3.3): credentials and every candidate, under
 * the section that names the bundle's transport.
 */
export function writeIceFragment({ ice, candidates }: Pick<LocalTransport, 'ice' | 'candidates'>, section: Section | undefined): string {
	const { media = 'audio', protocol = 'UDP/TLS/RTP/SAVPF', formats = '0' } = section ?? {};
	const lines = [
		'a=ice-lite',
		`m=${media} 9 ${protocol} ${formats}`,
		...(section?.midWritten ? [`a=mid:${section.mid}`] : []),
		`a=ice-ufrag:${ice.ufrag}`,
		`a=ice-pwd:${ice.pwd}`,
		...candidateLines(candidates),
	];
	return `${lines.join('\r\n')}\r\n`;
}
