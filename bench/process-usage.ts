/** What a process has used, as Linux tells it under /proc. */
import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time in seconds from `/proc/PID/stat`: of all threads, and of children that were waited for. proc(5). */
export function parseCpuSeconds(stat: string): number {
	// The name of the program, in parentheses, may hold anything, further parentheses too.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
	if (!Number.isFinite(ticks)) throw new Error('/proc/PID/stat cannot be read');
	return ticks / TICKS_PER_SECOND;
}

/** Resident octets from `/proc/PID/status`. */
export function parseRssBytes(status: string): number {
	const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
	if (kibibytes === undefined) throw new Error('/proc/PID/status has no VmRSS');
	return Number(kibibytes) * 1024;
}

/** Busy and whole time of one core in ticks from `/proc/stat`. What a hypervisor takes away (steal) counts as busy. */
export function parseCoreTicks(stat: string, core: number): { readonly busy: number; readonly all: number } {
	const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(stat)?.[1];
	if (line === undefined) throw new Error(`/proc/stat has no core ${core}`);
	// user nice system idle iowait irq softirq steal; guest time, which follows, is part of user.
	const ticks = line.split(' ').slice(0, 8).map(Number);
	const all = ticks.reduce((sum, count) => sum + count, 0);
	return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
}

/** A process and all that it has started. */
function familyOf(pid: number): readonly number[] {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
	return [pid, ...children.flatMap(familyOf)];
}

/** Seconds of user and system time of a process and its children so far. */
export function cpuSecondsOf(pid: number): number {
	return familyOf(pid).reduce((sum, member) => sum + parseCpuSeconds(readFileSync(`/proc/${member}/stat`, 'utf8')), 0);
}

/** Resident octets of a process and its children. */
export function rssBytesOf(pid: number): number {
	return familyOf(pid).reduce((sum, member) => sum + parseRssBytes(readFileSync(`/proc/${member}/status`, 'utf8')), 0);
}

export function coreTicks(core: number): { readonly busy: number; readonly all: number } {
	return parseCoreTicks(readFileSync('/proc/stat', 'utf8'), core);
}
