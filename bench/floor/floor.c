/*
 * The least that a relay on sockets can cost: one packet encrypted for each destination with AES-128-GCM and handed to the system with
 * one sendto each, at the pace and to as many sockets as the bench's viewers have. A second process, on the load's core, receives, because
 * loopback charges the delivery to the sender.
 *
 *   floor DESTINATIONS PACKETS_PER_SECOND SIZE SECONDS SEND_CORE RECEIVE_CORE      (a core of -1: not pinned)
 *
 * Prints microseconds of user and system time for each packet, as JSON: sendto alone, AES-128-GCM alone, and both.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 12, TAG = 16, NONCE = 12, KEY = 16, MAX_SIZE = 1500, MAX_DESTINATIONS = 1000, BATCH = 64 };

typedef struct {
	int fd;
	struct sockaddr_in address;
	EVP_CIPHER_CTX *cipher;
	uint32_t index;
} destination;

static destination destinations[MAX_DESTINATIONS];
static unsigned count;
static size_t size;

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static unsigned long number(const char *text, unsigned long least, unsigned long most) {
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	if (*text == 0 || *end != 0 || value < least || value > most) {
		fprintf(stderr, "floor: %s is not from %lu to %lu\n", text, least, most);
		exit(2);
	}
	return value;
}

static void pin(const char *text) {
	if (strcmp(text, "-1") == 0) return;
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(number(text, 0, CPU_SETSIZE - 1), &set);
	if (sched_setaffinity(0, sizeof set, &set) != 0) fail("sched_setaffinity");
}

static void open_destination(destination *to) {
	uint8_t key[KEY];
	socklen_t length = sizeof to->address;
	int buffer = 4 * 1024 * 1024;
	to->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	to->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	if (to->fd < 0 || bind(to->fd, (struct sockaddr *)&to->address, sizeof to->address) != 0) fail("bind");
	if (getsockname(to->fd, (struct sockaddr *)&to->address, &length) != 0) fail("getsockname");
	(void)setsockopt(to->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	to->cipher = EVP_CIPHER_CTX_new();
	if (to->cipher == NULL || RAND_bytes(key, sizeof key) != 1 ||
	    EVP_EncryptInit_ex(to->cipher, EVP_aes_128_gcm(), NULL, key, NULL) != 1)
		fail("EVP_EncryptInit_ex");
}

/* Receives until it is killed, as the load does. */
static void receive(const char *core) {
	static uint8_t room[BATCH][MAX_SIZE + TAG];
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct epoll_event events[BATCH];
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(core);
	int poll = epoll_create1(0);
	for (unsigned at = 0; at < count; at++) {
		struct epoll_event event = {.events = EPOLLIN, .data.fd = destinations[at].fd};
		if (epoll_ctl(poll, EPOLL_CTL_ADD, destinations[at].fd, &event) != 0) fail("epoll_ctl");
	}
	memset(messages, 0, sizeof messages);
	for (unsigned at = 0; at < BATCH; at++) {
		vectors[at] = (struct iovec){room[at], sizeof room[at]};
		messages[at].msg_hdr.msg_iov = &vectors[at];
		messages[at].msg_hdr.msg_iovlen = 1;
	}
	for (;;) {
		int ready = epoll_wait(poll, events, BATCH, -1);
		for (int at = 0; at < ready; at++) {
			while (recvmmsg(events[at].data.fd, messages, BATCH, 0, NULL) == BATCH) {
			}
		}
	}
}

static double cpu_us(void) {
	struct rusage usage;
	if (getrusage(RUSAGE_SELF, &usage) != 0) fail("getrusage");
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* RFC 7714, section 8: the header stays clear and is authenticated; a nonce of its own for each packet. */
static void encrypt(destination *to, const uint8_t *packet, uint8_t *out) {
	uint8_t nonce[NONCE] = {0};
	int length;
	uint32_t index = to->index++;
	memcpy(nonce + NONCE - sizeof index, &index, sizeof index);
	memcpy(out, packet, HEADER);
	if (EVP_EncryptInit_ex(to->cipher, NULL, NULL, NULL, nonce) != 1 || EVP_EncryptUpdate(to->cipher, NULL, &length, out, HEADER) != 1 ||
	    EVP_EncryptUpdate(to->cipher, out + HEADER, &length, packet + HEADER, (int)size - HEADER) != 1 ||
	    EVP_EncryptFinal_ex(to->cipher, out + size, &length) != 1 ||
	    EVP_CIPHER_CTX_ctrl(to->cipher, EVP_CTRL_GCM_GET_TAG, TAG, out + size) != 1)
		fail("AES-128-GCM");
}

/* Microseconds for each packet. */
static double measure(bool sends, bool encrypts, unsigned long pps, unsigned long seconds) {
	uint8_t packet[MAX_SIZE], out[MAX_SIZE + TAG];
	struct timespec next;
	unsigned long rounds = pps * seconds, refused = 0;
	long interval = 1000000000L / (long)pps;
	if (RAND_bytes(packet, sizeof packet) != 1 || RAND_bytes(out, sizeof out) != 1) fail("RAND_bytes");
	double before = cpu_us();
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (unsigned long round = 0; round < rounds; round++) {
		for (unsigned at = 0; at < count; at++) {
			destination *to = &destinations[at];
			if (encrypts) encrypt(to, packet, out);
			if (sends && sendto(destinations[0].fd, out, size + TAG, 0, (struct sockaddr *)&to->address, sizeof to->address) < 0) refused++;
		}
		next.tv_nsec += interval;
		if (next.tv_nsec >= 1000000000L) {
			next.tv_nsec -= 1000000000L;
			next.tv_sec++;
		}
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR) {
		}
	}
	double spent = cpu_us() - before;
	if (refused > 0) {
		fprintf(stderr, "floor: the system refused %lu packets\n", refused);
		exit(1);
	}
	return spent / ((double)rounds * count);
}

int main(int argc, char **argv) {
	if (argc != 7) {
		fprintf(stderr, "usage: floor DESTINATIONS PACKETS_PER_SECOND SIZE SECONDS SEND_CORE RECEIVE_CORE\n");
		return 2;
	}
	count = (unsigned)number(argv[1], 1, MAX_DESTINATIONS);
	unsigned long pps = number(argv[2], 1, 100000);
	size = number(argv[3], HEADER + 1, MAX_SIZE);
	unsigned long seconds = number(argv[4], 1, 600);
	for (unsigned at = 0; at < count; at++) open_destination(&destinations[at]);
	pid_t receiver = fork();
	if (receiver < 0) fail("fork");
	if (receiver == 0) receive(argv[6]);
	pin(argv[5]);
	double sending = measure(true, false, pps, seconds);
	double encrypting = measure(false, true, pps, seconds);
	double both = measure(true, true, pps, seconds);
	(void)kill(receiver, SIGKILL);
	(void)waitpid(receiver, NULL, 0);
	printf("{\"sendtoUs\":%.3f,\"gcmUs\":%.3f,\"bothUs\":%.3f}\n", sending, encrypting, both);
	return 0;
}
