import { BitReader } from './bit-reader.ts';

/** Template ids have six bits, decode targets are counted by five, temporal ids have three, spatial ids two (A.8.2, A.8.3). */
const MAX_TEMPLATES = 64;
const MAX_DECODE_TARGETS = 32;
const MAX_TEMPORAL_IDS = 8;
const MAX_SPATIAL_IDS = 4;
/** Two bits tell what a frame is to a decode target (A.8.3.1); 1 is discardable, 3 required. */
const NOT_PRESENT = 0;
const SWITCH = 2;
const NO_SWITCH = -1;

/** What a template dependency structure says of temporal layers. */
interface Structure {
	idOffset: number;
	templates: number;
	decodeTargets: number;
	/** By template. */
	readonly temporalIds: Uint8Array;
	readonly switchTo: Int8Array;
	/** By decode target: the highest temporal layer that belongs to it. */
	readonly targetTemporalIds: Uint8Array;
	/** By template, then decode target. */
	readonly indications: Uint8Array;
}

function createStructure(): Structure {
	return {
		idOffset: 0,
		templates: 0,
		decodeTargets: 0,
		temporalIds: new Uint8Array(MAX_TEMPLATES),
		switchTo: new Int8Array(MAX_TEMPLATES),
		targetTemporalIds: new Uint8Array(MAX_DECODE_TARGETS),
		indications: new Uint8Array(MAX_TEMPLATES * MAX_DECODE_TARGETS),
	};
}

/**
 * Reads temporal layers from the dependency descriptors of one source (RTP Payload Format For AV1, version 1.0, appendix A). Keyframes carry
 * a structure of templates, every packet names one of them.
 *
 *     0 1 2 3 4 5 6 7
 *    +-+-+-+-+-+-+-+-+
 *    |S|E| template  |   first, last packet of its frame
 *    |  frame number |   two bytes
 *    |T|A|D|F|C| …       only in descriptors longer than three bytes: structure, active decode targets, and the frame's own
 *    +-+-+-+-+-+-+-+-+   indications, frame differences and chains
 *
 * Read is what temporal layers need: of a structure its templates' layers and indications, of a frame its own indications. In a descriptor
 * that brings a structure the latter lie behind parts that are not read; those frames start a sequence, and their template is taken.
 *
 * Bounded: 8 KiB at most, made with the first structure. A structure that does not parse leaves the one before.
 */
export class DependencyDescriptorReader {
	/** Of the frame read last. */
	temporalId = 0;
	/** The highest temporal layer that may be sent from the frame read last on, to whoever decodes it; -1 when it is no place to switch. */
	switchTo = NO_SWITCH;

	readonly #bits = new BitReader();
	#current: Structure | undefined;
	#spare: Structure | undefined;

	/**
	 * @param offset of the header extension's data
	 * @returns false when the descriptor makes no sense, or names a template that is not known
	 */
	read(bytes: Uint8Array, offset: number, length: number): boolean {
		const bits = this.#bits;
		bits.open(bytes, offset, length);
		bits.bits(2);
		const templateId = bits.bits(6);
		bits.bits(16);
		if (bits.overrun) return false;

		let ownIndications = false;
		if (length > 3) {
			const bringsStructure = bits.flag();
			const namesActiveTargets = bits.flag();
			ownIndications = bits.flag() && !bringsStructure;
			bits.bits(2);
			if (bringsStructure && !this.#readStructure()) return false;
			if (namesActiveTargets && !bringsStructure) this.#skip(this.#current?.decodeTargets ?? 0);
			if (bits.overrun) return false;
		}
		return this.#readFrame(templateId, ownIndications);
	}

	#readFrame(templateId: number, ownIndications: boolean): boolean {
		const structure = this.#current;
		if (structure === undefined) return false;
		const template = (templateId + MAX_TEMPLATES - structure.idOffset) % MAX_TEMPLATES;
		if (template >= structure.templates) return false;
		const switchTo = ownIndications ? this.#readOwnIndications(structure) : (structure.switchTo[template] ?? NO_SWITCH);
		if (this.#bits.overrun) return false;
		this.temporalId = structure.temporalIds[template] ?? 0;
		this.switchTo = switchTo;
		return true;
	}

	#readOwnIndications({ decodeTargets, targetTemporalIds }: Structure): number {
		let switchTo = NO_SWITCH;
		for (let target = 0; target < decodeTargets; target++) {
			if (this.#bits.bits(2) === SWITCH) switchTo = Math.max(switchTo, targetTemporalIds[target] ?? 0);
		}
		return switchTo;
	}

	#skip(count: number): void {
		for (let left = count; left > 0; left--) this.#bits.bits(1);
	}

	#readStructure(): boolean {
		this.#spare ??= createStructure();
		const read = this.#spare;
		read.idOffset = this.#bits.bits(6);
		read.decodeTargets = this.#bits.bits(5) + 1;
		if (!this.#readTemplateLayers(read)) return false;
		this.#readTemplateIndications(read);
		if (this.#bits.overrun) return false;
		findSwitches(read);
		this.#spare = this.#current;
		this.#current = read;
		return true;
	}

	/** A.8.2, `template_layers()`: templates come in the order of their layers, two bits tell when the next begins. */
	#readTemplateLayers(into: Structure): boolean {
		let temporalId = 0;
		let spatialId = 0;
		for (into.templates = 0; into.templates < MAX_TEMPLATES; ) {
			into.temporalIds[into.templates] = temporalId;
			into.templates++;
			const next = this.#bits.bits(2);
			if (this.#bits.overrun) return false;
			if (next === 3) return true;
			if (next === 1) temporalId++;
			else if (next === 2) {
				temporalId = 0;
				spatialId++;
			}
			if (temporalId >= MAX_TEMPORAL_IDS || spatialId >= MAX_SPATIAL_IDS) return false;
		}
		return false;
	}

	#readTemplateIndications({ templates, decodeTargets, indications }: Structure): void {
		for (let template = 0; template < templates && !this.#bits.overrun; template++) {
			for (let target = 0; target < decodeTargets; target++) indications[template * MAX_DECODE_TARGETS + target] = this.#bits.bits(2);
		}
	}
}

/** A decode target reaches as high as the highest template that is present in it (A.8.2, `decode_target_layers()`). */
function findSwitches({ templates, decodeTargets, temporalIds, switchTo, targetTemporalIds, indications }: Structure): void {
	targetTemporalIds.fill(0);
	for (let template = 0; template < templates; template++) {
		for (let target = 0; target < decodeTargets; target++) {
			if (indications[template * MAX_DECODE_TARGETS + target] === NOT_PRESENT) continue;
			targetTemporalIds[target] = Math.max(targetTemporalIds[target] ?? 0, temporalIds[template] ?? 0);
		}
	}
	for (let template = 0; template < templates; template++) {
		switchTo[template] = NO_SWITCH;
		for (let target = 0; target < decodeTargets; target++) {
			if (indications[template * MAX_DECODE_TARGETS + target] !== SWITCH) continue;
			switchTo[template] = Math.max(switchTo[template] ?? NO_SWITCH, targetTemporalIds[target] ?? 0);
		}
	}
}
