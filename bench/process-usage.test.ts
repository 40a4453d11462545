import { expect, test } from 'vitest';
import { parseCoreTicks, parseCpuSeconds, parseRssBytes } from './process-usage.ts';

test('processor time is that of all threads and of children that have ended, whatever the program is called', () => {
	const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 0 0 150 50 7 3 20 0 11 0 100 1000 200 18446744073709551615';
	expect(parseCpuSeconds(stat)).toBe(2.1);
	expect(() => parseCpuSeconds('42 (short) S 1')).toThrow('/proc/PID/stat');
});

test('resident memory is given in octets', () => {
	expect(parseRssBytes('Name:\tnode\nVmHWM:\t   9000 kB\nVmRSS:\t   8192 kB\n')).toBe(8192 * 1024);
	expect(() => parseRssBytes('Name:\tnode\n')).toThrow('VmRSS');
});

test('a core is busy with all but idling and waiting for disks', () => {
	const stat = 'cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 10 1 20 60 5 1 2 1 4 0\nintr 5\n';
	expect(parseCoreTicks(stat, 1)).toEqual({ busy: 35, all: 100 });
	expect(() => parseCoreTicks(stat, 2)).toThrow('core 2');
});
