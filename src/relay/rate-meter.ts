import { type PacketLayers, TOP_TEMPORAL_ID } from '../rtp/layers.ts';
import { ByteRate } from './byte-rate.ts';

/** Layers told apart; what the few encoders with more send above is counted with the highest. */
const LAYERS = 4;
/** Between two keyframes, while fewer than two were seen: the default of the keyframe dispatcher. */
const DEFAULT_KEYFRAME_INTERVAL_MS = 3000;

/** What a source of pictures sends, by temporal layers: the sizes by which a viewer's level is chosen. One for each source. */
export class RateMeter {
	/** Size of the last whole keyframe, and time from its predecessor to it. */
	keyframeBytes = 0;
	keyframeIntervalMs = DEFAULT_KEYFRAME_INTERVAL_MS;

	readonly #layers: readonly ByteRate[] = Array.from({ length: LAYERS }, () => new ByteRate());
	#keyframeTimestamp = -1;
	#keyframeMs = Number.NEGATIVE_INFINITY;
	#keyframeSoFar = 0;

	/**
	 * @param timestamp of the packet as it leaves the server
	 * @param bytes of the packet as it is sent, UDP's and IP's own aside
	 */
	packet(layers: PacketLayers, timestamp: number, bytes: number, nowMs: number): void {
		this.#layers[Math.min(layers.temporalId, LAYERS - 1)]?.add(bytes, nowMs);
		if (timestamp === this.#keyframeTimestamp) {
			this.#keyframeSoFar += bytes;
			return;
		}
		if (this.#keyframeTimestamp !== -1) this.#endKeyframe();
		if (layers.startsKeyframe) this.#beginKeyframe(timestamp, bytes, nowMs);
	}

	/** Temporal layers seen in the last second; 1 without any. */
	layerCount(nowMs: number): number {
		for (let layer = LAYERS - 1; layer > 0; layer--) if ((this.#layers[layer]?.lastSecond(nowMs) ?? 0) > 0) return layer + 1;
		return 1;
	}

	/** Bits per second of the layers up to this one. */
	layersBps(temporalId: number, nowMs: number): number {
		let bytes = 0;
		for (let layer = 0; layer <= Math.min(temporalId, LAYERS - 1); layer++) bytes += this.#layers[layer]?.lastSecond(nowMs) ?? 0;
		return 8 * bytes;
	}

	/** Bits per second of everything. */
	totalBps(nowMs: number): number {
		return this.layersBps(TOP_TEMPORAL_ID, nowMs);
	}

	#beginKeyframe(timestamp: number, bytes: number, nowMs: number): void {
		if (this.#keyframeMs !== Number.NEGATIVE_INFINITY) this.keyframeIntervalMs = nowMs - this.#keyframeMs;
		this.#keyframeTimestamp = timestamp;
		this.#keyframeMs = nowMs;
		this.#keyframeSoFar = bytes;
	}

	#endKeyframe(): void {
		this.keyframeBytes = this.#keyframeSoFar;
		this.#keyframeTimestamp = -1;
	}
}
