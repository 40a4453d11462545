import type { MediaDescription, ReceiveSection, SendSection } from './media-description.ts';
import type { RemoteTransport } from './remote-description.ts';
import type { AgreedSection } from './section.ts';

/** What the media engine must know of an agreed session. */
export function describe(transport: RemoteTransport, sections: readonly AgreedSection[]): MediaDescription {
	const receives: ReceiveSection[] = [];
	const sends: SendSection[] = [];
	for (const {
		section,
		remoteSends,
		remoteReceives,
		receiveCodecs,
		sendCodecs,
		receiveRed,
		sendRed,
		nack,
		extensions,
		ssrcs,
	} of sections) {
		const { mid, kind, feeds, carries } = section;
		if (section.rejected || kind === undefined) continue;
		if (feeds !== undefined && remoteSends && receiveCodecs.length > 0) {
			const red = receiveRed === undefined ? {} : { redPayloadType: receiveRed };
			receives.push({ mid, kind, publicationId: feeds, codecs: receiveCodecs, ...red, nack, extensions, ssrcs });
		}
		if (carries !== undefined && remoteReceives && sendCodecs.length > 0) {
			const { absSendTime } = extensions;
			sends.push({
				mid,
				kind,
				publicationId: carries.publicationId,
				codecs: sendCodecs,
				...(sendRed === undefined ? {} : { redPayloadType: sendRed }),
				nack,
				extensions: absSendTime === undefined ? {} : { absSendTime },
			});
		}
	}
	return { remoteUfrag: transport.ufrag, fingerprint: transport.fingerprint, receives, sends };
}
