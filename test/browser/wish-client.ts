import type { Page } from 'playwright-core';

/**
 * A client of WHIP, or of WHEP, in a page: one `fetch`, no socket. A publisher sends the fake camera and microphone, a player shows what it
 * gets. Its connection is seen by `peerReports` (after `watchPeers`). Resolves with the status of the POST when the answer is set.
 */
export async function runWishClient(page: Page, endpoint: string): Promise<number> {
	const status: unknown = await page.evaluate(`(async () => {
		const endpoint = ${JSON.stringify(endpoint)};
		const peer = new RTCPeerConnection();
		globalThis.wish = { peer };
		if (endpoint.includes('/whip/')) {
			const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
			for (const track of stream.getTracks()) peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
		} else {
			for (const kind of ['video', 'audio']) peer.addTransceiver(kind, { direction: 'recvonly' });
			peer.ontrack = ({ track }) => {
				const element = document.body.appendChild(document.createElement(track.kind));
				element.autoplay = true;
				element.srcObject = new MediaStream([track]);
			};
		}
		await peer.setLocalDescription();
		const response = await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: peer.localDescription.sdp });
		if (response.status !== 201) return response.status;
		globalThis.wish.session = new URL(response.headers.get('location'), response.url).href;
		globalThis.wish.etag = response.headers.get('etag');
		await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
		return response.status;
	})()`);
	return Number(status);
}

/** Restarts ICE by PATCH (RFC 9725, section 4.3.3) and resolves with its status and whether the tag is another now. */
export async function restartIce(page: Page): Promise<{ readonly status: number; readonly newTag: boolean }> {
	return await page.evaluate<{ status: number; newTag: boolean }>(`(async () => {
		const { peer, session, etag } = globalThis.wish;
		const answer = peer.remoteDescription.sdp;
		peer.restartIce();
		await peer.setLocalDescription();
		const ofOffer = (name) => new RegExp('^a=' + name + ':.*', 'm').exec(peer.localDescription.sdp)[0].trim();
		const response = await fetch(session, {
			method: 'PATCH',
			headers: { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
			body: ofOffer('ice-ufrag') + '\\r\\n' + ofOffer('ice-pwd') + '\\r\\n',
		});
		const fragment = await response.text();
		let sdp = answer;
		for (const name of ['ice-ufrag', 'ice-pwd']) {
			const line = new RegExp('^a=' + name + ':.*', 'm').exec(fragment)[0].trim();
			sdp = sdp.replace(new RegExp('^a=' + name + ':.*$', 'gm'), line);
		}
		await peer.setRemoteDescription({ type: 'answer', sdp });
		globalThis.wish.etag = response.headers.get('etag');
		return { status: response.status, newTag: globalThis.wish.etag !== null && globalThis.wish.etag !== etag };
	})()`);
}

/** Sends every candidate of the page's own description by PATCH, under the current tag; its status. */
export async function trickle(page: Page): Promise<number> {
	const status: unknown = await page.evaluate(`(async () => {
		const { peer, session, etag } = globalThis.wish;
		const lines = peer.localDescription.sdp.split('\\r\\n').filter((line) => /^a=(ice-ufrag|ice-pwd|candidate)/.test(line));
		const body = [...new Set(lines), 'a=end-of-candidates', ''].join('\\r\\n');
		const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': etag };
		return (await fetch(session, { method: 'PATCH', headers, body })).status;
	})()`);
	return Number(status);
}

/** Ends the session; the status of the DELETE. */
export async function endSession(page: Page): Promise<number> {
	return Number(await page.evaluate(`fetch(globalThis.wish.session, { method: 'DELETE' }).then((response) => response.status)`));
}
