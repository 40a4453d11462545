#include "udp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

int udp_parse_address(const char *text, int port, udp_address *address) {
	memset(address, 0, sizeof *address);
	return uv_ip4_addr(text, port, &address->ipv4) == 0 || uv_ip6_addr(text, port, &address->ipv6) == 0;
}

socklen_t udp_address_length(const udp_address *address) {
	return address->any.sa_family == AF_INET6 ? sizeof address->ipv6 : sizeof address->ipv4;
}

static int bind_descriptor(int fd, const udp_address *address, int buffer) {
	int off = 0;
	if (address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->ipv6.sin6_addr) &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	return bind(fd, &address->any, udp_address_length(address)) == 0 ? 0 : -errno;
}

int udp_open(udp_socket *udp, const udp_address *address, int buffer) {
	memset(udp, 0, sizeof *udp);
	udp->fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (udp->fd < 0) return -errno;
	int error = bind_descriptor(udp->fd, address, buffer);
	if (error == 0) {
		udp->waiting = malloc(UDP_MAX_WAITING * sizeof *udp->waiting);
		if (udp->waiting != NULL) return 0;
		error = -ENOMEM;
	}
	udp_close(udp);
	return error;
}

void udp_close(udp_socket *udp) {
	if (udp->fd >= 0) (void)close(udp->fd);
	udp->fd = -1;
	free(udp->waiting);
	udp->waiting = NULL;
	udp->waiting_count = 0;
}

int udp_port(const udp_socket *udp) {
	udp_address address;
	socklen_t length = sizeof address;
	if (getsockname(udp->fd, &address.any, &length) != 0) return -errno;
	return ntohs(address.any.sa_family == AF_INET6 ? address.ipv6.sin6_port : address.ipv4.sin_port);
}

/* How many of the messages are done with: sent, or refused by the system. The rest is to be sent when the kernel has room again. */
static unsigned send_now(udp_socket *udp, struct mmsghdr *messages, unsigned count) {
	unsigned done = 0;
	while (done < count) {
		int sent = sendmmsg(udp->fd, messages + done, count - done, 0);
		if (sent > 0) {
			done += (unsigned)sent;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			break;
		} else if (errno != EINTR) {
			/* It speaks of the first message alone: an unreachable network, a filter, a path too narrow. */
			udp->refused++;
			done++;
		}
	}
	return done;
}

static void wait_for_room(udp_socket *udp, const struct msghdr *message) {
	if (udp->waiting_count == UDP_MAX_WAITING) {
		udp->dropped++;
		return;
	}
	udp_waiting *place = &udp->waiting[(udp->first_waiting + udp->waiting_count) % UDP_MAX_WAITING];
	udp->waiting_count++;
	memcpy(&place->address, message->msg_name, message->msg_namelen);
	place->length = (uint32_t)message->msg_iov->iov_len;
	memcpy(place->bytes, message->msg_iov->iov_base, place->length);
}

void udp_send(udp_socket *udp, struct mmsghdr *messages, unsigned count) {
	unsigned done = udp->waiting_count > 0 ? 0 : send_now(udp, messages, count);
	for (; done < count; done++) wait_for_room(udp, &messages[done].msg_hdr);
}

void udp_flush(udp_socket *udp) {
	struct mmsghdr messages[UDP_BATCH];
	struct iovec vectors[UDP_BATCH];
	while (udp->waiting_count > 0) {
		unsigned count = udp->waiting_count < UDP_BATCH ? udp->waiting_count : UDP_BATCH;
		memset(messages, 0, count * sizeof *messages);
		for (unsigned at = 0; at < count; at++) {
			udp_waiting *place = &udp->waiting[(udp->first_waiting + at) % UDP_MAX_WAITING];
			vectors[at] = (struct iovec){place->bytes, place->length};
			messages[at].msg_hdr.msg_name = &place->address;
			messages[at].msg_hdr.msg_namelen = udp_address_length(&place->address);
			messages[at].msg_hdr.msg_iov = &vectors[at];
			messages[at].msg_hdr.msg_iovlen = 1;
		}
		unsigned done = send_now(udp, messages, count);
		udp->first_waiting = (udp->first_waiting + done) % UDP_MAX_WAITING;
		udp->waiting_count -= done;
		if (done < count) return;
	}
}
