import { codecNotSupported, type NegotiationError, negotiationErrors } from './negotiation-errors.ts';
import { planAnswer } from './plan-answer.ts';
import { readRemote } from './read-remote.ts';
import type { RemoteDescription } from './remote-description.ts';

/** What the client of an offer that gets one answer, and none of the server's own offers ever, wants of the server. */
export type OneShotUse = 'publish' | 'watch';

/** Why an offer gets no answer, from "cannot be read" to "can be read, but not served". */
export interface OfferProblem {
	readonly reason: 'malformed' | 'unacceptable' | 'unprocessable';
	/** For the person who set the client up. */
	readonly text: string;
}

/** Errors of well-formed offers; every other one is `malformed`. */
const unacceptable: ReadonlySet<NegotiationError> = new Set(['server-is-dtls-server', 'both-ice-lite']);

const moreUseful: Partial<Record<NegotiationError, string>> = {
	'not-a-description': 'Not a session description: raw SDP is expected',
	'server-is-dtls-server': `${negotiationErrors['server-is-dtls-server']}. Offer setup:actpass or setup:active (ffmpeg: -whip_flags dtls_active)`,
};

/** Stands for whatever publication it will be: the check is made before there is a peer. */
const anyPublication = 'any';

/**
 * Looks for what is wrong with an offer before anything is made for it. Stricter than for clients with a signaling socket, who are told of
 * a codec that is missing and may offer again: here a client would believe that what it sends arrives, so an answer serves everything
 * that is offered or there is none (RFC 9725 §4.4.3). Sections of data channels are left aside, nobody publishes by them.
 */
export function problemOfOffer(sdp: string, use: OneShotUse): OfferProblem | undefined {
	const read = readRemote(sdp, 'offer');
	if (!read.ok) {
		const text = moreUseful[read.error] ?? negotiationErrors[read.error];
		return { reason: unacceptable.has(read.error) ? 'unacceptable' : 'malformed', text };
	}
	if (read.value.form !== 'raw') return { reason: 'malformed', text: moreUseful['not-a-description'] ?? '' };
	const text = use === 'publish' ? publishProblem(read.value.description) : watchProblem(read.value.description);
	return text === undefined ? undefined : { reason: 'unprocessable', text };
}

function publishProblem(offer: RemoteDescription): string | undefined {
	const { sections } = planAnswer({ offer, agreed: [], feeds: anyPublication, wanted: [] });
	let served = 0;
	for (const [index, remote] of offer.sections.entries()) {
		if (remote.rejected || remote.kind === undefined || (remote.direction !== 'sendonly' && remote.direction !== 'sendrecv')) continue;
		const section = sections[index]?.section;
		if (section === undefined || section.rejected) return sectionProblem(remote);
		// RFC 9725 §4.4.2: one track of each kind.
		if (section.feeds === undefined) return `Only one ${remote.kind} track can be published`;
		served += 1;
	}
	return served === 0 ? 'The offer has no section of sound or picture that sends' : undefined;
}

function watchProblem(offer: RemoteDescription): string | undefined {
	const { sections } = planAnswer({ offer, agreed: [], feeds: undefined, wanted: [] });
	let served = 0;
	for (const [index, remote] of offer.sections.entries()) {
		if (remote.rejected || remote.kind === undefined || (remote.direction !== 'recvonly' && remote.direction !== 'sendrecv')) continue;
		if (sections[index]?.section.rejected !== false) return sectionProblem(remote);
		served += 1;
	}
	return served === 0 ? 'The offer has no section of sound or picture that receives' : undefined;
}

function sectionProblem({ rtcpMux, codecs }: RemoteDescription['sections'][number]): string {
	if (!rtcpMux) return 'The offer lacks rtcp-mux';
	const name = codecs[0]?.name ?? '';
	if (!/^[\w.-]{1,32}$/.test(name)) return 'The offer has a section without a codec that the server knows';
	if (name.toUpperCase() !== 'H264') return codecNotSupported(name);
	return `${codecNotSupported(name)} of this profile: constrained baseline (42e01f) with packetization-mode=1 is`;
}
