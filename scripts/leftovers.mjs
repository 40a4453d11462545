/** Processes that a test run started and did not end. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A browser's own helper processes end shortly after it; what still lives after this long was left behind. */
const graceMs = 3_000;

/** By the mark that every descendant inherits in its environment (Linux): a process group of its own hides nothing. */
function byMark(mark) {
	const found = [];
	for (const entry of readdirSync('/proc')) {
		if (!/^\d+$/.test(entry)) continue;
		try {
			if (!readFileSync(`/proc/${entry}/environ`, 'latin1').includes(mark)) continue;
			// "pid (name) state …": a zombie has ended and only waits to be reaped.
			if (/\) Z /.test(readFileSync(`/proc/${entry}/stat`, 'latin1'))) continue;
			const command = readFileSync(`/proc/${entry}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
			found.push({ pid: Number(entry), command: command.slice(0, 120) });
		} catch {
			// Ended meanwhile, or another user's.
		}
	}
	return found;
}

/** By process group, where there is no /proc. */
function byGroup(group) {
	if (process.platform === 'win32') return [];
	const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,command='], { encoding: 'utf8' }).split('\n');
	return lines.flatMap((line) => {
		const [, pid, pgid, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
		return Number(pgid) === group && !state?.startsWith('Z') ? [{ pid: Number(pid), command: command.slice(0, 120) }] : [];
	});
}

/** Waits a moment for stragglers, then gives those that stay, as `{ pid, command }`, after ending them. */
export async function endLeftovers(mark, group) {
	const find = process.platform === 'linux' ? () => byMark(mark) : () => byGroup(group);
	const untilMs = Date.now() + graceMs;
	let left = find();
	while (left.length > 0 && Date.now() < untilMs) {
		await pause(100);
		left = find();
	}
	for (const { pid } of left) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// Ended meanwhile.
		}
	}
	return left;
}
