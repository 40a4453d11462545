import { expect, test, vi } from 'vitest';
import { type RandomSource, seededRandom } from '../../test/support/seeded-random.ts';
import type { Publication, SendSection } from '../negotiation/media-description.ts';
import type { SrtpProfile } from '../srtp/profile.ts';
import { Camera, type CameraPacket } from './testing/camera.ts';
import { EngineStage, VIDEO_RTX_SSRC, VIDEO_SSRC } from './testing/engine-stage.ts';
import type { LoopbackClient } from './testing/loopback-client.ts';
import { pictureCodecs, pictureCodecsWithoutRtx, pictureFeed, pictureView, soundFeed, soundView } from './testing/sections.ts';

/** Where all lines of the engine begin: the wrap comes after as few packets as it may (see relay/sink.ts). */
vi.mock('node:crypto', async (importOriginal) => {
	const crypto = await importOriginal<typeof import('node:crypto')>();
	return { ...crypto, randomBytes: (size: number) => (size === 2 ? Buffer.from([0xef, 0xf0]) : crypto.randomBytes(size)) };
});

const STEPS = 600;
const CYCLE = 0x10000;
/** Estimates that viewers report, bits per second: thin and wide links. */
const ESTIMATES = [2000, 20_000, 60_000, 10_000_000, 10_000_000, 10_000_000];
const CODECS = ['VP8', 'VP8', 'VP9', 'H264'] as const;

/** A room with one publication, in which anything may happen that a test's random source says. */
class History {
	readonly stage: EngineStage;
	readonly viewers: LoopbackClient[] = [];
	readonly #random: RandomSource;
	readonly #publication: Publication;
	#phone: LoopbackClient | undefined;
	#formerPhone: LoopbackClient | undefined;
	#camera = new Camera(77, 64_000);
	#microphone = new Camera(55, 65_000);
	#held: CameraPacket[] = [];

	constructor(stage: EngineStage, random: RandomSource) {
		this.stage = stage;
		this.#random = random;
		this.#publication = stage.publish();
	}

	async begin(viewers: number): Promise<void> {
		await this.#reconnectPhone();
		for (let count = 0; count < viewers; count += 1) {
			const viewer = await this.stage.connectedClient();
			this.viewers.push(viewer);
			this.#describe(viewer);
		}
	}

	async step(): Promise<void> {
		const viewer = this.#oneOf(this.viewers);
		const dice = this.#random();
		if (dice < 0.5) this.#shoot();
		else if (dice < 0.7) this.#askAgain(viewer);
		else if (dice < 0.75) viewer.sendRtcp({ type: 'picture-loss', senderSsrc: 1, mediaSsrc: VIDEO_SSRC });
		else if (dice < 0.81) viewer.sendRtcp({ type: 'remb', senderSsrc: 1, bitrateBps: this.#oneOf(ESTIMATES), ssrcs: [VIDEO_SSRC] });
		else if (dice < 0.87) this.#describe(viewer);
		else if (dice < 0.89) this.#camera.codec = this.#oneOf(CODECS);
		else if (dice < 0.9) this.#camera.leap(this.#upTo(5000));
		else if (dice < 0.92) this.#describePhone();
		else if (dice < 0.93) await this.#reconnectPhone();
		else await this.#pass(this.#upTo(400));
		await this.settle();
	}

	async settle(): Promise<void> {
		for (const client of [this.#phone, this.#formerPhone, ...this.viewers]) await client?.settle();
	}

	#upTo(most: number): number {
		return 1 + Math.floor(this.#random() * most);
	}

	#oneOf<T>(choices: readonly T[]): T {
		const choice = choices[Math.floor(this.#random() * choices.length)];
		if (choice === undefined) throw new Error('nothing to choose from');
		return choice;
	}

	/** In pieces, so that no burst overflows a viewer's socket. */
	async #pass(ms: number): Promise<void> {
		for (let left = ms; left > 0; left -= 40) {
			this.stage.time.advance(Math.min(left, 40));
			await this.settle();
		}
	}

	/** A frame or two and some sound, in which packets are lost, late, doubled or padding. */
	#shoot(): void {
		const keyframe = this.#random() < 0.15;
		const packets: CameraPacket[] = [];
		for (let frames = this.#upTo(3); frames > 0; frames -= 1) {
			const temporalId = keyframe ? 0 : this.#oneOf([0, 0, 1, 2]);
			const frame = this.#camera.frame({ keyframe, packets: this.#upTo(16), temporalId });
			packets.push(...frame, ...this.#microphone.frame());
			if (this.#random() < 0.3) packets.push(this.#camera.repeated(this.#oneOf(frame)));
		}
		if (this.#random() < 0.1) packets.push(this.#camera.padding());
		this.stage.time.advance(this.#upTo(30));
		for (const packet of packets) {
			const dice = this.#random();
			if (dice < 0.04) this.#held.push(packet);
			else if (dice > 0.01 || this.#formerPhone === undefined) this.#phone?.sendRtp(packet.bytes, packet.rollover);
			else this.#formerPhone.sendRtp(packet.bytes, packet.rollover);
		}
		if (this.#random() < 0.3) for (const { bytes, rollover } of this.#held.splice(0)) this.#phone?.sendRtp(bytes, rollover);
	}

	/** What came lately, what never came, and anything. */
	#askAgain(viewer: LoopbackClient): void {
		const latest = viewer.record.packets.slice(-500).filter(({ ssrc }) => ssrc === VIDEO_SSRC);
		const sequences = Array.from({ length: this.#upTo(12) }, () => {
			const near = latest.length === 0 ? 0 : this.#oneOf(latest).index + this.#oneOf([0, 0, 0, -1, 1, 5]);
			return this.#random() < 0.1 ? this.#upTo(CYCLE) - 1 : near & 0xffff;
		});
		viewer.sendRtcp({ type: 'generic-nack', senderSsrc: 1, mediaSsrc: VIDEO_SSRC, sequences });
	}

	#describe(viewer: LoopbackClient): void {
		const sends: SendSection[] = [];
		if (this.#random() < 0.9) {
			const renumbered = pictureCodecsWithoutRtx.map(({ codec, payloadType }) => ({ codec, payloadType: payloadType + 20 }));
			const codecs = this.#oneOf([pictureCodecs, pictureCodecs, pictureCodecsWithoutRtx, renumbered, renumbered.slice(1)]);
			const extensions = this.#oneOf([{ absSendTime: 2 }, { absSendTime: 2 }, { absSendTime: 7 }, {}]);
			sends.push(pictureView(this.#publication, { codecs, extensions, nack: this.#random() < 0.9 }));
		}
		if (this.#random() < 0.9) sends.push(soundView(this.#publication, this.#random() < 0.5 ? { redPayloadType: 63 } : {}));
		viewer.describe({ sends });
	}

	#describePhone(): void {
		const shifted = pictureCodecs.map(({ codec, payloadType }) => ({
			codec,
			payloadType: payloadType - 60,
			rtxPayloadType: payloadType - 59,
		}));
		const renumbered = this.#random() < 0.5;
		const picture = pictureFeed(this.#publication, renumbered ? { codecs: shifted } : {});
		this.#phone?.describe({ receives: [picture, soundFeed(this.#publication)] });
		this.#camera.payloadTypeShift = renumbered ? -60 : 0;
	}

	async #reconnectPhone(): Promise<void> {
		this.#formerPhone = this.#random() < 0.5 ? this.#phone : undefined;
		this.#phone = await this.stage.connectedClient();
		this.#camera = new Camera(this.#upTo(0xffff_0000), this.#upTo(CYCLE - 1));
		this.#microphone = new Camera(this.#upTo(0xffff_0000), this.#upTo(CYCLE - 1));
		this.#microphone.codec = 'opus';
		this.#held = [];
		this.#describePhone();
	}
}

const runs: readonly (readonly [SrtpProfile, number])[] = [
	['AEAD_AES_128_GCM', 12],
	['AES128_CM_HMAC_SHA1_80', 11],
];

test.each(runs)('whatever happens, no index of %s covers two packets, and every receiver knows it (seed %i)', async (srtpProfile, seed) => {
	const stage = await EngineStage.open({ srtpProfile });
	const history = new History(stage, seededRandom(seed));
	await history.begin(3);
	for (let step = 0; step < STEPS; step += 1) await history.step();

	const records = history.viewers.map(({ record }) => record);
	for (const { offences } of records) expect(offences).toEqual([]);
	expect(stage.faults).toEqual([]);
	// Else the run has shown nothing.
	const pictures = records.flatMap((record) => record.packets.filter(({ ssrc }) => ssrc === VIDEO_SSRC));
	expect(pictures.filter(({ isRepeat }) => isRepeat).length).toBeGreaterThan(50);
	expect(pictures.filter(({ index }) => index >= CYCLE).length).toBeGreaterThan(50);
	expect(records.flatMap((record) => record.of(VIDEO_RTX_SSRC)).length).toBeGreaterThan(50);
});
