import { type CodecName, codecNamed, codecs, type MediaKind } from '../rtp/codecs.ts';
import {
	type ExtensionIds,
	type ExtensionName,
	extensionIdsOf,
	extensionNames,
	headerExtensions,
	maxExtensionId,
} from './header-extensions.ts';
import { matchCodecs, matchRed } from './match-codecs.ts';
import type { RemoteDescription } from './remote-description.ts';
import type { SectionCodec } from './section.ts';

/**
 * The payload types and extension ids of one transport. In a bundle a number means one thing in all sections (RFC 8843 §9.1, RFC 8285
 * §6), so once a client has offered numbers of its own, sections that this server adds must use the same ones, or free ones. A client's offer
 * has all sections of its session, so every offer of the client starts a new book.
 */
export class NumberBook {
	readonly #takenPayloadTypes = new Set<number>();
	readonly #payloadTypes = new Map<CodecName, number>();
	readonly #rtxPayloadTypes = new Map<CodecName, number>();
	#redPayloadType: number | undefined;
	readonly #takenIds = new Set<number>();
	readonly #ids = new Map<ExtensionName, number>();

	/** @param clientOffer whose numbers are kept, the first seen for each codec; without it the server's own stand. */
	constructor(clientOffer?: RemoteDescription) {
		for (const section of clientOffer?.sections ?? []) {
			for (const { payloadType } of section.codecs) this.#takenPayloadTypes.add(payloadType);
			if (section.kind !== undefined) {
				const matched = matchCodecs(section, section.kind);
				for (const { codec, payloadType, rtxPayloadType } of matched) {
					if (this.#payloadTypes.has(codec)) continue;
					this.#payloadTypes.set(codec, payloadType);
					if (rtxPayloadType !== undefined) this.#rtxPayloadTypes.set(codec, rtxPayloadType);
				}
				this.#redPayloadType ??= matchRed(section, matched);
			}
			for (const { id } of section.extensions) this.#takenIds.add(id);
			const ids = extensionIdsOf(section.extensions);
			for (const name of extensionNames) {
				const id = ids[name];
				if (id !== undefined && !this.#ids.has(name)) this.#ids.set(name, id);
			}
		}
	}

	/** All codecs of a kind for a new section, in order of preference. */
	codecs(kind: MediaKind): readonly SectionCodec[] {
		const list: SectionCodec[] = [];
		for (const codec of codecs) {
			if (codec.kind !== kind) continue;
			const payloadType = this.#payloadType(this.#payloadTypes, codec.name, codec.payloadType);
			if (payloadType === undefined) continue;
			const rtxPayloadType = this.#payloadType(this.#rtxPayloadTypes, codec.name, codec.rtxPayloadType);
			list.push({ payloadType, codec: codec.name, rtxPayloadType, parameters: codec.parameters });
		}
		return list;
	}

	/** RED around Opus. */
	red(): number | undefined {
		this.#redPayloadType ??= this.#take(codecNamed('opus').redPayloadType);
		return this.#redPayloadType;
	}

	extensions(): ExtensionIds {
		const ids: { [name in ExtensionName]?: number } = {};
		for (const name of extensionNames) {
			const id = this.extensionId(name);
			if (id !== undefined) ids[name] = id;
		}
		return ids;
	}

	#payloadType(numbers: Map<CodecName, number>, name: CodecName, fixed: number | undefined): number | undefined {
		const known = numbers.get(name);
		if (known !== undefined) return known;
		const chosen = this.#take(fixed);
		if (chosen !== undefined) numbers.set(name, chosen);
		return chosen;
	}

	/** The server's own number where the client has not given it another meaning. */
	#take(fixed: number | undefined): number | undefined {
		if (fixed === undefined) return undefined;
		const chosen = this.#takenPayloadTypes.has(fixed) ? this.#freePayloadType() : fixed;
		if (chosen !== undefined) this.#takenPayloadTypes.add(chosen);
		return chosen;
	}

	/** The dynamic range of RFC 3551 §6 first, then the unassigned numbers below; 64 to 95 would be taken for RTCP (RFC 5761 §4). */
	#freePayloadType(): number | undefined {
		const fixed = new Set(
			codecs.flatMap(({ payloadType, rtxPayloadType, redPayloadType }) => [payloadType, rtxPayloadType, redPayloadType]),
		);
		for (const [first, last] of [
			[96, 127],
			[35, 63],
		] as const) {
			for (let type = first; type <= last; type++) if (!this.#takenPayloadTypes.has(type) && !fixed.has(type)) return type;
		}
		return undefined;
	}

	/** One extension's id, for a new section or one that gains it. */
	extensionId(name: ExtensionName): number | undefined {
		const known = this.#ids.get(name);
		if (known !== undefined) return known;
		let chosen: number | undefined = headerExtensions[name].id;
		if (this.#takenIds.has(chosen)) {
			chosen = undefined;
			for (let id = extensionNames.length + 1; id <= maxExtensionId && chosen === undefined; id++) if (!this.#takenIds.has(id)) chosen = id;
		}
		if (chosen === undefined) return undefined;
		this.#takenIds.add(chosen);
		this.#ids.set(name, chosen);
		return chosen;
	}
}
