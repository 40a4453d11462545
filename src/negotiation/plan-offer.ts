import type { MediaKind } from '../rtp/codecs.ts';
import { withDependencyDescriptor } from './header-extensions.ts';
import type { Publication } from './media-description.ts';
import type { NumberBook } from './number-book.ts';
import type { AgreedSection, Section } from './section.ts';

/**
 * Sections of a session at most: a client's answer to this many must fit a signaling frame of 64 KiB, its JSON escapes included (Chromium's
 * to 50 sections took 40 KiB, and some browsers write more). Enough for 24 pairs beside a room peer's own two sections.
 */
export const maxSections = 50;

export interface OfferWish {
	/** What both sides agreed on last, in order. */
	readonly agreed: readonly AgreedSection[];
	/** The publication that this client may feed; undefined for viewers. */
	readonly feeds: string | undefined;
	/** What the client should receive. */
	readonly wanted: readonly Publication[];
	/** The client is known to send AV1, whose layers only the dependency descriptor tells. */
	readonly sendsAv1: boolean;
	readonly book: NumberBook;
}

const kinds: readonly MediaKind[] = ['video', 'audio'];

/**
 * The sections of the next offer. Places and mids of earlier sections stay (RFC 3264 §8). A publication that has gone leaves its
 * sections inactive; they are given to a later one, but not in the same offer: a browser tells its page of a new track only when a
 * section becomes active again.
 */
export function planOffer({ agreed, feeds, wanted, sendsAv1, book }: OfferWish): readonly Section[] {
	const sections = agreed.map(({ section }) => stillWanted(section, wanted));
	const free = new Set(agreed.flatMap(({ section }, index) => (isFree(section) ? [index] : [])));

	const findFree = (kind: MediaKind): number | undefined => {
		for (const index of free) if (sections[index]?.kind === kind) return index;
		return undefined;
	};
	const place = (kind: MediaKind, use: Pick<Section, 'feeds' | 'carries'>): void => {
		const index = findFree(kind);
		const old = index === undefined ? undefined : sections[index];
		const mid = old === undefined || old.rejected ? newMid(sections) : old.mid;
		const section: Section = {
			mid,
			midWritten: true,
			kind,
			media: kind,
			protocol: old?.protocol ?? 'UDP/TLS/RTP/SAVPF',
			formats: '',
			rejected: false,
			codecs: book.codecs(kind),
			redPayloadType: kind === 'audio' ? book.red() : undefined,
			extensions: book.extensions(),
			extmapAllowMixed: true,
			rtcpRsize: true,
			...use,
		};
		if (index === undefined) sections.push(section);
		else {
			sections[index] = section;
			free.delete(index);
		}
	};
	const placePair = (use: Pick<Section, 'feeds' | 'carries'>): void => {
		const missing = kinds.filter((kind) => findFree(kind) === undefined).length;
		if (sections.length + missing > maxSections) return;
		for (const kind of kinds) place(kind, use);
	};

	if (feeds !== undefined && !sections.some((section) => section.feeds !== undefined)) placePair({ feeds });
	for (const publication of wanted) {
		if (!sections.some((section) => section.carries?.publicationId === publication.publicationId)) placePair({ carries: publication });
	}
	// A viewer of an empty room is warm all the same: its pair waits inactive for the first publication.
	if (sections.length === 0) placePair({});
	return sections.map((section) => {
		const id = sendsAv1 && section.kind === 'video' && section.feeds !== undefined ? book.extensionId('dependencyDescriptor') : undefined;
		return { ...section, extensions: withDependencyDescriptor(section.extensions, id) };
	});
}

/** Whether a plan says anything that the client does not know yet. */
export function differs(plan: readonly Section[], agreed: readonly AgreedSection[]): boolean {
	return (
		plan.length !== agreed.length ||
		plan.some((section, index) => {
			const old = agreed[index]?.section;
			return (
				old?.mid !== section.mid ||
				old.feeds !== section.feeds ||
				old.carries?.publicationId !== section.carries?.publicationId ||
				old.extensions.dependencyDescriptor !== section.extensions.dependencyDescriptor
			);
		})
	);
}

function stillWanted(section: Section, wanted: readonly Publication[]): Section {
	const codecs = section.codecs.map((codec) => ({ ...codec, offeredFeedback: undefined }));
	const gone = section.carries !== undefined && !wanted.some(({ publicationId }) => publicationId === section.carries?.publicationId);
	return { ...section, midWritten: true, extmapAllowMixed: true, codecs, carries: gone ? undefined : section.carries };
}

function isFree(section: Section): boolean {
	return section.kind !== undefined && section.feeds === undefined && section.carries === undefined;
}

/** The lowest number from the section count on that no section uses; rejected sections keep theirs taken until they are reused. */
function newMid(sections: readonly Section[]): string {
	const taken = new Set(sections.map(({ mid }) => mid));
	let number = sections.length;
	while (taken.has(String(number))) number++;
	return String(number);
}
