/* Datagrams with both of their addresses: control messages are macros all over. */
#define _GNU_SOURCE
#include "CNine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static void
put_v4(unsigned char *to, const struct in_addr *from)
{
  memcpy(to, mapped, sizeof mapped);
  memcpy(to + sizeof mapped, from, sizeof *from);
}

int
cnine_udp_headers(int fd, int family)
{
  int on = 1;

  if (family == AF_INET)
    return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

/* What a control message says about where the datagram came to. */
static void
read_control(struct cmsghdr *c, struct cnine_datagram *d)
{
  struct in_pktinfo v4;
  struct in6_pktinfo v6;

  if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO &&
      c->cmsg_len >= CMSG_LEN(sizeof v4)) {
    memcpy(&v4, CMSG_DATA(c), sizeof v4);
    put_v4(d->local, &v4.ipi_addr);
    put_v4(d->iface, &v4.ipi_spec_dst);
    d->index = v4.ipi_ifindex;
  } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO &&
      c->cmsg_len >= CMSG_LEN(sizeof v6)) {
    memcpy(&v6, CMSG_DATA(c), sizeof v6);
    memcpy(d->local, &v6.ipi6_addr, 16);
    memcpy(d->iface, &v6.ipi6_addr, 16);
    d->index = v6.ipi6_ifindex;
  }
}

ssize_t
cnine_udp_receive(int fd, void *bytes, size_t size, struct cnine_datagram *d)
{
  union {
    struct cmsghdr align;
    char room[256];
  } control;
  struct sockaddr_storage from;
  struct iovec part = { bytes, size };
  struct msghdr m;
  struct cmsghdr *c;
  ssize_t count;

  memset(&m, 0, sizeof m);
  memset(d, 0, sizeof *d);
  m.msg_name = &from;
  m.msg_namelen = sizeof from;
  m.msg_iov = &part;
  m.msg_iovlen = 1;
  m.msg_control = control.room;
  m.msg_controllen = sizeof control.room;
  count = recvmsg(fd, &m, 0);
  if (count == -1)
    return -1;
  d->truncated = (m.msg_flags & MSG_TRUNC) != 0;
  if (m.msg_namelen >= sizeof(struct sockaddr_in) && from.ss_family == AF_INET) {
    struct sockaddr_in *in = (struct sockaddr_in *)&from;

    put_v4(d->remote, &in->sin_addr);
    d->remote_port = ntohs(in->sin_port);
  } else if (m.msg_namelen >= sizeof(struct sockaddr_in6) && from.ss_family == AF_INET6) {
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&from;

    memcpy(d->remote, &in6->sin6_addr, 16);
    d->remote_port = ntohs(in6->sin6_port);
    d->scope = in6->sin6_scope_id;
  }
  for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
    read_control(c, d);
  return count;
}

ssize_t
cnine_udp_send(
    int fd, int family, const void *bytes, size_t size, const struct cnine_datagram *d)
{
  static const unsigned char none[16];
  union {
    struct cmsghdr align;
    char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
  } control;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
  struct in_pktinfo v4;
  struct in6_pktinfo v6;
  struct iovec part = { (void *)bytes, size };
  struct msghdr m;
  struct cmsghdr *c;

  memset(&m, 0, sizeof m);
  memset(&control, 0, sizeof control);
  m.msg_iov = &part;
  m.msg_iovlen = 1;
  m.msg_control = control.room;
  c = &control.align;
  if (family == AF_INET) {
    memset(&in, 0, sizeof in);
    in.sin_family = AF_INET;
    in.sin_port = htons(d->remote_port);
    memcpy(&in.sin_addr, d->remote + 12, 4);
    memset(&v4, 0, sizeof v4);
    memcpy(&v4.ipi_spec_dst, d->local + 12, 4);
    v4.ipi_ifindex = d->index;
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof v4);
    memcpy(CMSG_DATA(c), &v4, sizeof v4);
    m.msg_name = &in;
    m.msg_namelen = sizeof in;
    m.msg_controllen = CMSG_SPACE(sizeof v4);
  } else {
    memset(&in6, 0, sizeof in6);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(d->remote_port);
    in6.sin6_scope_id = d->scope;
    memcpy(&in6.sin6_addr, d->remote, 16);
    memset(&v6, 0, sizeof v6);
    memcpy(&v6.ipi6_addr, d->local, 16);
    v6.ipi6_ifindex = d->index;
    c->cmsg_level = IPPROTO_IPV6;
    c->cmsg_type = IPV6_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof v6);
    memcpy(CMSG_DATA(c), &v6, sizeof v6);
    m.msg_name = &in6;
    m.msg_namelen = sizeof in6;
    m.msg_controllen = CMSG_SPACE(sizeof v6);
  }
  if (memcmp(d->local, none, sizeof none) == 0 && d->index == 0)
    m.msg_controllen = 0;
  return sendmsg(fd, &m, 0);
}
