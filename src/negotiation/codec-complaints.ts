import type { CodecName, MediaKind } from '../rtp/codecs.ts';
import type { AgreedSection } from './section.ts';

/** Knows what each publication sends, and tells once for each section that its client cannot play it. */
export class CodecComplaints {
	readonly #inUse = new Map<string, CodecName>();
	readonly #told = new Set<string>();

	set(publicationId: string, kind: MediaKind, codec: CodecName): void {
		this.#inUse.set(`${kind} ${publicationId}`, codec);
	}

	/** Forgets publications that are not in the list. */
	keep(publicationIds: ReadonlySet<string>): void {
		for (const key of this.#inUse.keys()) if (!publicationIds.has(key.slice(key.indexOf(' ') + 1))) this.#inUse.delete(key);
		for (const key of this.#told) if (!publicationIds.has(key.slice(key.indexOf(' ') + 1))) this.#told.delete(key);
	}

	/** A new connection of the client is told anew. */
	forgetTold(): void {
		this.#told.clear();
	}

	/** Codecs to complain about now. A section that the client itself keeps inactive is its own choice, one it refused is not. */
	due(sections: readonly AgreedSection[]): readonly CodecName[] {
		const names: CodecName[] = [];
		for (const { section, remoteReceives, sendCodecs } of sections) {
			if (section.carries === undefined || !(section.rejected || remoteReceives)) continue;
			const { publicationId } = section.carries;
			const codec = this.#inUse.get(`${section.kind} ${publicationId}`);
			const key = `${section.mid}/${codec} ${publicationId}`;
			if (codec === undefined || sendCodecs.some((mapping) => mapping.codec === codec) || this.#told.has(key)) continue;
			this.#told.add(key);
			names.push(codec);
		}
		return names;
	}
}
