export interface Capture {
	/** Undefined when neither camera nor microphone could be had. */
	readonly stream: MediaStream | undefined;
	/** What is missing, for the person to read; '' when nothing is. */
	readonly missing: string;
}

const camera: MediaTrackConstraints = {
	facingMode: { ideal: 'environment' },
	width: { ideal: 1280 },
	height: { ideal: 720 },
	frameRate: { ideal: 30, max: 30 },
};
const microphone: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Camera and sound, else sound alone, else the camera alone, else nothing: a call for help never waits for a device. */
export async function captureWhatThereIs(): Promise<Capture> {
	if (!('mediaDevices' in navigator)) {
		return { stream: undefined, missing: 'Camera and microphone need a secure address (https). Your call is sent without them.' };
	}
	const tries: readonly (readonly [MediaStreamConstraints, string])[] = [
		[{ video: camera, audio: microphone }, ''],
		[{ audio: microphone }, 'The camera cannot be used: helpers hear you, but do not see you.'],
		[{ video: camera }, 'The microphone cannot be used: helpers see you, but do not hear you.'],
	];
	for (const [constraints, missing] of tries) {
		try {
			return { stream: await navigator.mediaDevices.getUserMedia(constraints), missing };
		} catch {
			// Missing, in use or not permitted: the next try asks for less.
		}
	}
	return { stream: undefined, missing: 'Neither camera nor microphone can be used. Your call is sent without them.' };
}
