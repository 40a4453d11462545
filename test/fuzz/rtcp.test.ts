import { classifyDatagram } from '../../src/media/classify-datagram.ts';
import { MAX_RTCP_PACKETS, parseRtcp, type RtcpPacket } from '../../src/rtcp/compound.ts';
import { MAX_FULL_INTRA_ENTRIES } from '../../src/rtcp/full-intra-request.ts';
import { MAX_NACK_SEQUENCES } from '../../src/rtcp/generic-nack.ts';
import { looksLikeRtcp } from '../../src/rtcp/header.ts';
import { rtcpSamples } from '../../src/rtcp/packet-samples.fixture.ts';
import { MAX_REPORT_BLOCKS } from '../../src/rtcp/report-block.ts';
import { MAX_STATUS_COUNT } from '../../src/rtcp/transport-cc.ts';
import { feedBytes, within } from './feed.ts';

/** Each packet alone, and all of them in one datagram. */
const alone = rtcpSamples.map(({ bytes }) => bytes);
const samples = [...alone, Buffer.concat(alone)];

/** How much may one packet hold, at most? */
function measure(packet: RtcpPacket): void {
	switch (packet.type) {
		case 'sender-report':
		case 'receiver-report':
			within('the number of report blocks', packet.reports.length, 0, MAX_REPORT_BLOCKS);
			return;
		case 'source-description':
			for (const { cname = '' } of packet.chunks) within('the length of a name', cname.length, 0, 255);
			within('the number of chunks', packet.chunks.length, 0, 31);
			return;
		case 'goodbye':
			within('the number of those who leave', packet.ssrcs.length, 0, 31);
			return;
		case 'generic-nack':
			within('the number of missing packets', packet.sequences.length, 0, MAX_NACK_SEQUENCES);
			return;
		case 'transport-cc':
			within('the number of arrivals', packet.arrivals.length, 1, MAX_STATUS_COUNT);
			return;
		case 'full-intra-request':
			within('the number of requests', packet.entries.length, 0, MAX_FULL_INTRA_ENTRIES);
			return;
		case 'remb':
			within('the number of sources', packet.ssrcs.length, 0, 255);
			if (!(packet.bitrateBps >= 0) || packet.bitrateBps === Number.POSITIVE_INFINITY) throw new Error(`${packet.bitrateBps} bit/s`);
			return;
		case 'picture-loss':
			return;
	}
}

function reader(withTransportCc: boolean) {
	return (bytes: Uint8Array, length: number): unknown => {
		const packets = parseRtcp(bytes, length, withTransportCc);
		within('the number of packets', packets.length, 0, MAX_RTCP_PACKETS);
		packets.forEach(measure);
		return packets;
	};
}

feedBytes([
	{ name: 'RTCP compound', samples, read: reader(true) },
	{ name: 'RTCP compound without transport-cc', samples, read: reader(false) },
	{
		name: 'kind of a datagram',
		samples,
		read: (bytes, length) => [classifyDatagram(bytes.subarray(0, length)), looksLikeRtcp(bytes, length)],
	},
]);
