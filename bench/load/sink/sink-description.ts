import type { RemoteAddress } from '../../../src/ice/path-table.ts';

/** What the sink needs of a server's offer. */
export interface SinkOffer {
	readonly isLite: boolean;
	readonly ufrag: string;
	readonly pwd: string;
	/** The first one on loopback. A full agent may have none that matters: it comes to us. */
	readonly candidate: RemoteAddress | undefined;
	/** Payload type of VP8. */
	readonly payloadType: number;
	/** The offer's lines, section by section, the session's first. */
	readonly sections: readonly (readonly string[])[];
}

/** @throws when the offer lacks what every server of WebRTC sends */
export function readOffer(sdp: string): SinkOffer {
	const need = (pattern: RegExp): string => {
		const value = pattern.exec(sdp)?.[1];
		if (value === undefined) throw new Error(`the server's offer has nothing like ${pattern.source}`);
		return value;
	};
	const port = /^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host/im.exec(sdp)?.[1];
	return {
		isLite: /^a=ice-lite/m.test(sdp),
		ufrag: need(/^a=ice-ufrag:(\S+)/m),
		pwd: need(/^a=ice-pwd:(\S+)/m),
		candidate: port === undefined ? undefined : { address: '127.0.0.1', port: Number(port) },
		payloadType: Number(need(/^a=rtpmap:(\d+) VP8\/90000/im)),
		sections: sdp.split(/^(?=m=)/m).map((section) => section.split(/\r?\n/).filter((line) => line !== '')),
	};
}

export interface SinkAnswer {
	readonly ufrag: string;
	readonly pwd: string;
	/** SHA-256 of the client's certificate. */
	readonly fingerprint: string;
	/** Of the client's socket. */
	readonly port: number;
}

/** Takes the VP8 (or Opus) of each section with the header extensions and feedback offered, and no other codec. */
export function writeAnswer(offer: SinkOffer, own: SinkAnswer): string {
	const media = offer.sections.slice(1);
	const mids = media.map((section) => valueIn(section, 'a=mid:') ?? '0');
	const session = [
		...['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0'],
		// RFC 8839, section 5.3: a full agent controls then.
		...(offer.isLite ? [] : ['a=ice-lite']),
		`a=group:BUNDLE ${mids.join(' ')}`,
		'a=msid-semantic: WMS',
	];
	const sections = media.map((section, index) => {
		const [kind = ''] = section;
		const codec = kind.startsWith('m=video') ? /^a=rtpmap:(\d+) VP8\/90000$/i : /^a=rtpmap:(\d+) opus\/48000\/2$/i;
		const rtpmap = section.find((line) => codec.test(line)) ?? '';
		const payloadType = codec.exec(rtpmap)?.[1] ?? '';
		// As browsers answer. A server keeps packets for repair only where repair may be asked for, and that is part of what it costs.
		const feedback = section.filter((line) => line.startsWith(`a=rtcp-fb:${payloadType} `));
		return [
			`${kind.split(' ', 1)[0]} ${own.port} UDP/TLS/RTP/SAVPF ${payloadType}`,
			'c=IN IP4 127.0.0.1',
			`a=mid:${mids[index]}`,
			...section.filter((line) => line === 'a=sendonly' || line === 'a=sendrecv').map(() => 'a=recvonly'),
			...section.filter((line) => line === 'a=recvonly' || line === 'a=inactive').map(() => 'a=inactive'),
			...section.filter((line) => line.startsWith('a=extmap:')),
			...['a=rtcp-mux', rtpmap, ...feedback, `a=ice-ufrag:${own.ufrag}`, `a=ice-pwd:${own.pwd}`],
			...[`a=fingerprint:sha-256 ${own.fingerprint}`, 'a=setup:active'],
			`a=candidate:1 1 udp 2130706431 127.0.0.1 ${own.port} typ host`,
			'a=end-of-candidates',
		];
	});
	return [...session, ...sections.flat(), ''].join('\r\n');
}

function valueIn(section: readonly string[], prefix: string): string | undefined {
	return section.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}
