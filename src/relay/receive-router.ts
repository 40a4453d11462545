import { type ExtensionElement, findExtension, readMid } from '../rtp/header-extension.ts';
import type { RtpHeader } from '../rtp/packet.ts';

/** SSRCs learned per section; the oldest is forgotten for a newer. An honest sender changes its SSRC once in a session or never. */
export const LEARNED_SSRC_LIMIT = 8;

/** What routing needs of a ReceiveSection of the negotiation. */
export interface RoutableSection {
	readonly mid: string;
	readonly codecs: readonly { readonly payloadType: number }[];
	readonly extensions: { readonly mid?: number };
	readonly ssrcs: readonly number[];
}

/**
 * Finds the media section that a packet belongs to (RFC 8843 9.2): by its SSRC when that was declared or learned, else by the mid
 * extension, else by a payload type that only one section has. What the last two find is learned, because browsers stop sending
 * the extension once they know that packets arrive.
 *
 * Deviation: a known SSRC stays with its section whatever mid later packets name, so that the usual packet costs one look-up. An SSRC
 * that a description declares elsewhere moves.
 */
export class ReceiveRouter<Section extends RoutableSection> {
	#sections: readonly Section[] = [];
	/** 0: not negotiated, found in no packet. */
	#midExtension = 0;
	readonly #element: ExtensionElement = { offset: 0, length: 0 };
	readonly #bySsrc = new Map<number, Section>();
	/** Learned SSRCs by mid, oldest first. */
	readonly #learned = new Map<string, number[]>();

	/** Replaces the sections. What was learned for a mid that is still there holds on. */
	describe(sections: readonly Section[]): void {
		this.#sections = sections;
		this.#midExtension = sections.find((section) => section.extensions.mid !== undefined)?.extensions.mid ?? 0;
		this.#bySsrc.clear();
		for (const section of sections) for (const ssrc of section.ssrcs) this.#bySsrc.set(ssrc, section);
		for (const [mid, ssrcs] of this.#learned) {
			const section = sections.find((candidate) => candidate.mid === mid);
			const kept = section === undefined ? [] : ssrcs.filter((ssrc) => !this.#bySsrc.has(ssrc));
			if (section === undefined || kept.length === 0) {
				this.#learned.delete(mid);
				continue;
			}
			this.#learned.set(mid, kept);
			for (const ssrc of kept) this.#bySsrc.set(ssrc, section);
		}
	}

	/** The section of a packet; undefined for one that fits none. */
	route(header: RtpHeader, packet: Uint8Array): Section | undefined {
		return this.#bySsrc.get(header.ssrc) ?? this.#learn(header, packet);
	}

	/** The section that an SSRC is known to belong to, for RTCP. */
	sectionOf(ssrc: number): Section | undefined {
		return this.#bySsrc.get(ssrc);
	}

	#learn(header: RtpHeader, packet: Uint8Array): Section | undefined {
		const section = this.#find(header, packet);
		if (section === undefined) return undefined;
		const learned = this.#learned.get(section.mid) ?? [];
		if (learned.length >= LEARNED_SSRC_LIMIT) {
			const oldest = learned.shift();
			if (oldest !== undefined) this.#bySsrc.delete(oldest);
		}
		learned.push(header.ssrc);
		this.#learned.set(section.mid, learned);
		this.#bySsrc.set(header.ssrc, section);
		return section;
	}

	/** A mid that names no section, or one without this payload type, decides too: the packet is not for us. */
	#find(header: RtpHeader, packet: Uint8Array): Section | undefined {
		const fitting = this.#sections.filter((section) => hasPayloadType(section, header.payloadType));
		if (findExtension(packet, header, this.#midExtension, this.#element)) {
			const mid = readMid(packet, this.#element);
			return fitting.find((section) => section.mid === mid);
		}
		return fitting.length === 1 ? fitting[0] : undefined;
	}
}

function hasPayloadType(section: RoutableSection, payloadType: number): boolean {
	return section.codecs.some((codec) => codec.payloadType === payloadType);
}
