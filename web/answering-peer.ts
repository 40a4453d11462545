import { type JsonObject, textOf } from './json.ts';

export interface AnsweringPeerOptions {
	/** What to publish; undefined for a viewer, and for a broadcaster that has neither camera nor microphone. */
	readonly stream: MediaStream | undefined;
	readonly sendCandidate: (data: string) => void;
	readonly onState: (state: RTCPeerConnectionState) => void;
	/** It cannot make anything of what the server says: a new peer is needed. */
	readonly onFailed: () => void;
	readonly onStream: (stream: MediaStream) => void;
}

/** Browsers give a layered picture of 640 × 360 no more than 600 kbit/s by themselves, and look no further for room on the link. */
const MAX_PICTURE_BPS = 1_500_000;

/** The browser's side of a session whose offers all come from the server. */
export class AnsweringPeer {
	readonly #peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
	readonly #options: AnsweringPeerOptions;
	/** Candidates that came before the description they belong to. */
	readonly #early: RTCIceCandidateInit[] = [];
	/** Descriptions and candidates are applied one after another, in the order they came. */
	#work: Promise<void> = Promise.resolve();

	constructor(options: AnsweringPeerOptions) {
		this.#options = options;
		this.#peer.onicecandidate = ({ candidate }) => {
			if (candidate !== null) options.sendCandidate(JSON.stringify(candidate));
		};
		this.#peer.ontrack = ({ streams: [stream] }) => {
			if (stream !== undefined) options.onStream(stream);
		};
		this.#peer.onconnectionstatechange = () => options.onState(this.#peer.connectionState);
	}

	get isConnected(): boolean {
		return this.#peer.connectionState === 'connected';
	}

	/**
	 * `description`: an RTCSessionDescription of type offer. `answer` is for whoever made it: on another socket the server waits for none, and
	 * offers again.
	 */
	offer(description: JsonObject, answer: (data: string) => void): void {
		this.#then(async () => {
			await this.#peer.setRemoteDescription({ type: 'offer', sdp: textOf(description, 'sdp') });
			for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
			await this.#publish();
			await this.#peer.setLocalDescription();
			await this.#shapePicture();
			answer(JSON.stringify(this.#peer.localDescription));
		});
	}

	/** `candidate`: an RTCIceCandidateInit. */
	candidate(candidate: JsonObject): void {
		const { sdpMid, sdpMLineIndex } = candidate;
		const init: RTCIceCandidateInit = {
			candidate: textOf(candidate, 'candidate'),
			sdpMid: typeof sdpMid === 'string' ? sdpMid : null,
			sdpMLineIndex: typeof sdpMLineIndex === 'number' ? sdpMLineIndex : null,
		};
		this.#then(async () => {
			if (this.#peer.remoteDescription === null) this.#early.push(init);
			else await this.#addCandidate(init);
		});
	}

	/** Twice is harmless. */
	close(): void {
		this.#peer.onconnectionstatechange = null;
		this.#peer.close();
	}

	async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
		try {
			await this.#peer.addIceCandidate(candidate);
		} catch {
			// One address that this browser cannot use; the others decide.
		}
	}

	/** Gives each section that the server wants filled the track of its kind. */
	async #publish(): Promise<void> {
		for (const transceiver of this.#peer.getTransceivers()) {
			const { kind } = transceiver.receiver.track;
			const track = this.#options.stream?.getTracks().find((candidate) => candidate.kind === kind);
			if (track === undefined || transceiver.sender.track === track) continue;
			await transceiver.sender.replaceTrack(track);
			transceiver.direction = 'sendonly';
		}
	}

	/**
	 * Room for a good picture, and three temporal layers, of which the server leaves the upper ones out for viewers on a weak link. Set once
	 * the codec is agreed on, because which modes there are depends on it; one after the other, because a browser refuses a call whole.
	 */
	async #shapePicture(): Promise<void> {
		await this.#setEncodings({ maxBitrate: MAX_PICTURE_BPS });
		await this.#setEncodings({ scalabilityMode: 'L1T3' });
	}

	async #setEncodings(change: { readonly maxBitrate: number } | { readonly scalabilityMode: string }): Promise<void> {
		for (const { sender } of this.#peer.getTransceivers()) {
			if (sender.track?.kind !== 'video') continue;
			const parameters = sender.getParameters();
			try {
				await sender.setParameters({ ...parameters, encodings: parameters.encodings.map((encoding) => ({ ...encoding, ...change })) });
			} catch {
				// This browser or codec cannot: it sends as it would by itself.
			}
		}
	}

	#then(step: () => Promise<void>): void {
		this.#work = this.#work.then(step).catch(() => {
			if (this.#peer.signalingState !== 'closed') this.#options.onFailed();
		});
	}
}
