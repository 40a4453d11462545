/* The datagram socket: opening, sending in batches, and what waits while the kernel takes nothing. Knows nothing of JavaScript. */
#ifndef DURESS_UDP_H
#define DURESS_UDP_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

/* The longest datagram: an Ethernet payload and the SRTP trailer, rounded up. */
#define UDP_MAX_DATAGRAM 2048
/* Datagrams that may wait for the kernel before new ones are dropped: ten packets for each of 200 viewers. */
#define UDP_MAX_WAITING 2048
/* Datagrams in one call to the kernel. */
#define UDP_BATCH 64

typedef union {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
} udp_address;

typedef struct {
	udp_address address;
	uint32_t length;
	uint8_t bytes[UDP_MAX_DATAGRAM];
} udp_waiting;

typedef struct {
	int fd;
	/* Datagrams for which there was no room, and those that the system refused to send. */
	uint64_t dropped;
	uint64_t refused;
	/* A ring. Its pages cost memory only once something waits in them. */
	udp_waiting *waiting;
	uint32_t first_waiting;
	uint32_t waiting_count;
} udp_socket;

/* 1, or 0 when the text is no address. IPv6 link-local ones may name their interface (`fe80::1%eth0`). */
int udp_parse_address(const char *text, int port, udp_address *address);
socklen_t udp_address_length(const udp_address *address);

/*
 * Binds without blocking; `::` takes IPv4 too. `buffer` octets are asked for in both directions; a system that refuses runs with its own.
 * Returns 0 or a negative errno.
 */
int udp_open(udp_socket *socket, const udp_address *address, int buffer);
/* Closes the descriptor and forgets what waits. Twice is harmless. */
void udp_close(udp_socket *socket);
/* The port that is bound, or a negative errno. */
int udp_port(const udp_socket *socket);

/*
 * Sends each message (with one iovec of at most UDP_MAX_DATAGRAM octets), or puts it in the queue when others wait or the kernel has no
 * room. One that cannot be sent harms no other.
 */
void udp_send(udp_socket *socket, struct mmsghdr *messages, unsigned count);
/* Sends what waits, as far as the kernel takes it. */
void udp_flush(udp_socket *socket);

#endif
