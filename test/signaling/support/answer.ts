const opposite: Readonly<Record<string, string>> = {
	sendonly: 'recvonly',
	recvonly: 'sendonly',
	sendrecv: 'sendrecv',
	inactive: 'inactive',
};

export interface AnswerOptions {
	readonly ufrag?: string;
	readonly setup?: 'active' | 'passive';
	readonly fingerprint?: string;
}

const fingerprintOf = (pair: string): string => Array.from({ length: 32 }, () => pair).join(':');

/** What a browser would answer to an offer, without its media engine: every section accepted as offered. Takes and gives JSON text. */
export function answerTo(
	offer: string,
	{ ufrag = 'cliu', setup = 'active', fingerprint = fingerprintOf('CD') }: AnswerOptions = {},
): string {
	const { sdp }: { sdp: string } = JSON.parse(offer);
	const lines = sdp
		.split('\r\n')
		.filter((line) => line !== '' && !/^a=(ice-|candidate|end-of-candidates|fingerprint|setup|ssrc|msid)/.test(line));
	const answered = lines.flatMap((line) => {
		if (line.startsWith('a=mid:'))
			return [
				line,
				`a=ice-ufrag:${ufrag}`,
				'a=ice-pwd:clientpasswordclientpwd1',
				`a=fingerprint:sha-256 ${fingerprint}`,
				`a=setup:${setup}`,
			];
		const direction = opposite[line.slice(2)];
		return [direction === undefined ? line : `a=${direction}`];
	});
	return JSON.stringify({ type: 'answer', sdp: `${answered.join('\r\n')}\r\n` });
}

/** A phone's own offer: one section of picture and one of sound. */
export function clientOffer(
	direction: 'sendrecv' | 'recvonly' | 'sendonly',
	{ ufrag = 'phone', fingerprint = fingerprintOf('EF') }: AnswerOptions = {},
): string {
	const section = (kind: string, mid: number, payload: number, map: string): string[] => [
		`m=${kind} 9 UDP/TLS/RTP/SAVPF ${payload}`,
		'c=IN IP4 0.0.0.0',
		'a=rtcp:9 IN IP4 0.0.0.0',
		`a=ice-ufrag:${ufrag}`,
		'a=ice-pwd:clientpasswordclientpwd1',
		`a=fingerprint:sha-256 ${fingerprint}`,
		'a=setup:actpass',
		`a=mid:${mid}`,
		`a=${direction}`,
		'a=rtcp-mux',
		`a=rtpmap:${payload} ${map}`,
	];
	const lines = [
		'v=0',
		'o=- 4611 2 IN IP4 127.0.0.1',
		's=-',
		't=0 0',
		'a=group:BUNDLE 0 1',
		...section('video', 0, 120, 'VP8/90000'),
		...section('audio', 1, 109, 'opus/48000/2'),
	];
	return `${lines.join('\r\n')}\r\n`;
}
