import { describe, expect, it } from 'vitest';
import { applyAnswer } from './apply-answer.ts';
import { type ClientSection, clientSdp, expectValue, outline } from './client-sdp.fixture.ts';
import type { Publication } from './media-description.ts';
import { NumberBook } from './number-book.ts';
import { parseDescription } from './parse-description.ts';
import { differs, maxSections, planOffer } from './plan-offer.ts';
import type { AgreedSection, Section } from './section.ts';
import { writeOffer } from './write-offer.ts';

const transport = { ice: { ufrag: 'serv', pwd: 'p'.repeat(24) }, fingerprint: 'AA', candidates: [{ address: '192.0.2.1', port: 40000 }] };

function publication(name: string): Publication {
	const number = name.charCodeAt(0);
	return { publicationId: name, streamName: `stream-${name}`, videoSsrc: number, videoRtxSsrc: number + 1000, audioSsrc: number + 2000 };
}

const [a, b, c] = ['a', 'b', 'c'].map(publication) as [Publication, Publication, Publication];

/** A session whose client takes every offer as it comes. */
class Session {
	agreed: readonly AgreedSection[] = [];
	sections: readonly Section[] = [];
	readonly #feeds: string | undefined;

	constructor(feeds?: string) {
		this.#feeds = feeds;
	}

	offer(...wanted: Publication[]): string[] {
		const sdp = this.write(...wanted);
		this.answer(this.sections.map(({ kind, mid }) => ({ kind: kind ?? 'application', mid })));
		return outline(sdp);
	}

	write(...wanted: Publication[]): string {
		this.sections = planOffer({ agreed: this.agreed, feeds: this.#feeds, wanted, sendsAv1: false, book: new NumberBook() });
		return writeOffer('1', 1, transport, this.sections);
	}

	answer(sections: readonly ClientSection[]): void {
		this.agreed = expectValue(applyAnswer(this.sections, expectValue(parseDescription(clientSdp(sections)))));
	}
}

describe('planOffer', () => {
	it('asks a broadcaster for picture, then sound', () => {
		expect(new Session('own').offer()).toEqual(['video 0 recvonly', 'audio 1 recvonly']);
	});

	it('gives a viewer one pair for each publication', () => {
		expect(new Session().offer(a, b)).toEqual(['video 0 sendonly', 'audio 1 sendonly', 'video 2 sendonly', 'audio 3 sendonly']);
	});

	it('keeps a viewer of an empty room warm, and uses its pair for the first publication', () => {
		const session = new Session();
		expect(session.offer()).toEqual(['video 0 inactive', 'audio 1 inactive']);
		expect(session.offer(a)).toEqual(['video 0 sendonly', 'audio 1 sendonly']);
	});

	it('leaves the pair of a departed peer inactive first and gives it to a later one', () => {
		const session = new Session('own');
		expect(session.offer(a)).toHaveLength(4);
		expect(session.offer(b)).toEqual([
			'video 0 recvonly',
			'audio 1 recvonly',
			'video 2 inactive',
			'audio 3 inactive',
			'video 4 sendonly',
			'audio 5 sendonly',
		]);
		expect(session.offer(b, c).slice(2)).toEqual(['video 2 sendonly', 'audio 3 sendonly', 'video 4 sendonly', 'audio 5 sendonly']);
		expect(session.write(b, c)).toContain('a=msid:stream-c stream-c-video');
	});

	it('does not grow however many peers come and go', () => {
		const session = new Session('own');
		for (let round = 0; round < 200; round++) session.offer(publication(`p${round}`));
		expect(session.sections.length).toBeLessThanOrEqual(6);
	});

	it('stops at the section limit', () => {
		const session = new Session('own');
		session.offer(...Array.from({ length: 60 }, (_, index) => publication(`p${index}`)));
		expect(session.sections).toHaveLength(maxSections);
	});

	it('does not offer a refused picture again, and reuses its place under a new mid once its peer has left', () => {
		const session = new Session();
		session.write(a);
		session.answer([{ kind: 'video', rejected: true }, { kind: 'audio' }]);
		expect(outline(session.write(a))).toEqual(['video 0 rejected', 'audio 1 sendonly']);
		expect(differs(session.sections, session.agreed)).toBe(false);
		session.write();
		session.answer([{ kind: 'video', rejected: true }, { kind: 'audio' }]);
		expect(session.offer(b)).toEqual(['video 2 sendonly', 'audio 1 sendonly']);
	});

	it('differs from what is agreed only when something changed', () => {
		const session = new Session('own');
		session.offer(a);
		session.write(a);
		expect(differs(session.sections, session.agreed)).toBe(false);
		session.write(a, b);
		expect(differs(session.sections, session.agreed)).toBe(true);
		session.write();
		expect(differs(session.sections, session.agreed)).toBe(true);
	});
});
