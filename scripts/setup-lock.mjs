import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The holder touches its lock this often; a lock of another machine untouched for `silentAfterMs` belongs to nobody. */
const heartbeatMs = 2_000;
const silentAfterMs = 30_000;
/** A process id of this machine may have been given to another process since: no set-up is silent for this long. */
const reusedAfterMs = 120_000;

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}

function readOwner(lock) {
	try {
		const silentMs = Date.now() - statSync(lock).mtimeMs;
		let text = '';
		try {
			text = readFileSync(join(lock, 'owner'), 'utf8');
		} catch {
			// Its holder is between making the folder and writing its name, or died there: age decides.
		}
		const [host = '', pid = ''] = text.split('\n');
		return { text, host, pid: Number(pid), silentMs };
	} catch {
		return undefined;
	}
}

function isStale(owner) {
	if (owner.host === hostname() && owner.pid > 0) return !isAlive(owner.pid) || owner.silentMs > reusedAfterMs;
	return owner.silentMs > silentAfterMs;
}

/** Takes a dead holder's lock away. Renaming is atomic, so of two that try, one gets it; a lock that is new meanwhile goes back. */
function clear(lock, owner) {
	const aside = `${lock}.stale-${process.pid}`;
	try {
		renameSync(lock, aside);
		if (readOwner(aside)?.text === owner.text) rmSync(aside, { recursive: true, force: true });
		else renameSync(aside, lock);
	} catch {
		// Somebody else was quicker.
	}
}

/** Runs `work` while holding the lock folder, waiting for whoever holds it now. `onWait` is told once whom it waits for. */
export async function withLock(lock, work, onWait) {
	let told = false;
	for (;;) {
		try {
			mkdirSync(lock);
			break;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
		}
		const owner = readOwner(lock);
		if (owner !== undefined && isStale(owner)) {
			clear(lock, owner);
			continue;
		}
		if (!told) onWait(owner?.pid);
		told = true;
		await pause(200);
	}
	writeFileSync(join(lock, 'owner'), `${hostname()}\n${process.pid}\n${Date.now()}`);
	const heartbeat = setInterval(() => {
		try {
			utimesSync(lock, new Date(), new Date());
		} catch {
			// The lock was taken away: nothing to keep alive.
		}
	}, heartbeatMs);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		rmSync(lock, { recursive: true, force: true });
	}
}
