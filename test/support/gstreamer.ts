import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

const script = join(import.meta.dirname, 'gstreamer-peer.py');
/** Debian's Python has its packages, one beside it in the PATH may not. */
const pythons = ['python3', '/usr/bin/python3'];

/** A Python that has GStreamer with all that a peer needs; undefined where there is none. */
export function findGStreamer(): string | undefined {
	return pythons.find((python) => spawnSync(python, [script, 'probe']).status === 0);
}

/** A peer made of GStreamer's webrtcbin that publishes or watches by WHIP or WHEP. It ends with the test. */
export class GStreamerPeer {
	/** What it has decoded so far. */
	frames = 0;
	sounds = 0;
	/** Of its POST. */
	status = 0;
	#offer: string | undefined;
	#complaints = '';

	private constructor(process: ChildProcessWithoutNullStreams) {
		process.stderr.on('data', (text) => {
			this.#complaints += text;
		});
		createInterface({ input: process.stdout }).on('line', (line) => this.#hear(line));
	}

	/** @param does `watch` or `publish`, and a codec */
	static async open(python: string, does: readonly string[], endpoint: string): Promise<GStreamerPeer> {
		const process = spawn(python, [script, ...does]);
		const peer = new GStreamerPeer(process);
		onTestFinished(() => void process.kill('SIGKILL'));
		await until('an offer of GStreamer', 20_000, () => peer.#offer !== undefined || process.exitCode !== null);
		if (peer.#offer === undefined) throw new Error(`GStreamer has ended: ${peer.#complaints}`);
		const response = await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: peer.#offer });
		peer.status = response.status;
		process.stdin.write(`${JSON.stringify({ answer: await response.text() })}\n`);
		return peer;
	}

	#hear(line: string): void {
		const { offer, frames, sounds } = JSON.parse(line);
		if (offer !== undefined) this.#offer = String(offer);
		this.frames = Number(frames ?? this.frames);
		this.sounds = Number(sounds ?? this.sounds);
	}
}
