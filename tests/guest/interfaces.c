// Interfaces as programs find them: getifaddrs(3), if_nameindex(3), netdevice(7), rtnetlink(7), /proc/net, /sys. What is told is told of
// the loopback interface alone: a machine may have more.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <unistd.h>

static const char* name_of(int result) { return result < 0 ? strerrorname_np(errno) : "fine"; }

static void show_address(const char* what, const struct sockaddr* address) {
  char text[64] = "none";
  if (address && address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &((struct sockaddr_in*)address)->sin_addr, text, sizeof text);
  } else if (address && address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &((struct sockaddr_in6*)address)->sin6_addr, text, sizeof text);
  } else if (address && address->sa_family == AF_PACKET) {
    const struct sockaddr_ll* link = (const struct sockaddr_ll*)address;
    snprintf(text, sizeof text, "link %d type %d, %d bytes, first %d", link->sll_ifindex, link->sll_hatype, link->sll_halen,
             link->sll_addr[0]);
  }
  printf(" %s %s", what, text);
}

static void addresses(void) {
  struct ifaddrs* all;
  if (getifaddrs(&all) != 0) {
    printf("getifaddrs: %s\n", strerrorname_np(errno));
    return;
  }
  for (struct ifaddrs* one = all; one; one = one->ifa_next) {
    if (strcmp(one->ifa_name, "lo") != 0) continue;
    printf("%s flags %x family %d", one->ifa_name, one->ifa_flags, one->ifa_addr ? one->ifa_addr->sa_family : -1);
    show_address("address", one->ifa_addr);
    show_address("mask", one->ifa_netmask);
    show_address("broadcast", one->ifa_broadaddr);
    printf(" data %s\n", one->ifa_data ? "there" : "none");
  }
  freeifaddrs(all);
  struct if_nameindex* names = if_nameindex();
  for (struct if_nameindex* one = names; one && one->if_index; one++) {
    if (one->if_index == 1) printf("index 1: %s\n", one->if_name);
  }
  if_freenameindex(names);
  char name[IF_NAMESIZE];
  printf("lo is %u", if_nametoindex("lo"));
  const unsigned nonesuch = if_nametoindex("nonesuch");
  printf(", nonesuch %u %s", nonesuch, strerrorname_np(errno));
  printf(", 1 is %s", if_indextoname(1, name));
  const char* const far = if_indextoname(9999, name);
  printf(", 9999 is %s %s\n", far ? far : "nothing", strerrorname_np(errno));
}

static void ioctls(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  static const struct {
    const char* name;
    unsigned long request;
  } requests[] = {{"flags", SIOCGIFFLAGS},     {"address", SIOCGIFADDR},   {"mask", SIOCGIFNETMASK}, {"broadcast", SIOCGIFBRDADDR},
                  {"destination", SIOCGIFDSTADDR}, {"mtu", SIOCGIFMTU},    {"metric", SIOCGIFMETRIC}, {"hardware", SIOCGIFHWADDR},
                  {"index", SIOCGIFINDEX},     {"queue", SIOCGIFTXQLEN}};
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
    struct ifreq request;
    memset(&request, 0x5a, sizeof request);
    strcpy(request.ifr_name, "lo");
    const int result = ioctl(fd, requests[i].request, &request);
    printf("%s: %s", requests[i].name, name_of(result));
    switch (requests[i].request) {
      case SIOCGIFFLAGS: printf(" %x", request.ifr_flags); break;
      case SIOCGIFMTU: printf(" %d", request.ifr_mtu); break;
      case SIOCGIFMETRIC: printf(" %d", request.ifr_metric); break;
      case SIOCGIFINDEX: printf(" %d", request.ifr_ifindex); break;
      case SIOCGIFTXQLEN: printf(" %d", request.ifr_qlen); break;
      case SIOCGIFHWADDR: printf(" %d %d", request.ifr_hwaddr.sa_family, request.ifr_hwaddr.sa_data[0]); break;
      default: show_address("", &request.ifr_addr);
    }
    strcpy(request.ifr_name, "nonesuch");
    printf("; nonesuch: %s\n", name_of(ioctl(fd, requests[i].request, &request)));
  }
  struct ifreq list[8];
  struct ifconf conf = {.ifc_len = sizeof list, .ifc_req = list};
  printf("list: %s", name_of(ioctl(fd, SIOCGIFCONF, &conf)));
  for (int i = 0; i < conf.ifc_len / (int)sizeof *list; i++) {
    if (strcmp(list[i].ifr_name, "lo") == 0) show_address("lo", &list[i].ifr_addr);
  }
  struct ifconf size = {.ifc_len = 1234, .ifc_req = NULL};
  printf("; size: %s", name_of(ioctl(fd, SIOCGIFCONF, &size)));
  printf(" %d\n", size.ifc_len % (int)sizeof(struct ifreq));
  struct ifreq by_index = {.ifr_ifindex = 1};
  printf("name of 1: %s", name_of(ioctl(fd, SIOCGIFNAME, &by_index)));
  printf(" %s", by_index.ifr_name);
  by_index.ifr_ifindex = 9999;
  printf("; of 9999: %s\n", name_of(ioctl(fd, SIOCGIFNAME, &by_index)));
  printf("wild pointer: %s\n", name_of(ioctl(fd, SIOCGIFFLAGS, (void*)8)));
  close(fd);
  const int local = socket(AF_UNIX, SOCK_STREAM, 0);
  struct ifreq request = {.ifr_name = "lo"};
  printf("by a Unix socket: %s", name_of(ioctl(local, SIOCGIFFLAGS, &request)));
  printf(" %x, address %s", request.ifr_flags, name_of(ioctl(local, SIOCGIFADDR, &request)));
  printf(", no such request %s\n", name_of(ioctl(local, 0x8999, &request)));
  close(local);
}

struct request {
  struct nlmsghdr header;
  union {
    struct rtgenmsg general;
    struct ifinfomsg link;
    char bytes[64];
  };
};

/// What comes back, of the loopback interface, message by message.
/// A route over lo, or a rule that each machine has: its fields, and its attributes but for the counters of who uses it.
static void show_route(const struct nlmsghdr* message) {
  const struct rtmsg* route = NLMSG_DATA(message);
  char text[1024] = "";
  int over = message->nlmsg_type == RTM_NEWRULE, priority = 0, left = RTM_PAYLOAD(message);
  size_t at = 0;
  for (struct rtattr* a = RTM_RTA(route); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    if (a->rta_type == RTA_CACHEINFO) continue;
    if (message->nlmsg_type == RTM_NEWROUTE && a->rta_type == RTA_OIF) over = *(int*)RTA_DATA(a) == 1;
    if (a->rta_type == RTA_PRIORITY) priority = *(int*)RTA_DATA(a);
    at += snprintf(text + at, sizeof text - at, " %d:", a->rta_type);
    for (size_t i = 0; i < RTA_PAYLOAD(a); i++) at += snprintf(text + at, sizeof text - at, "%02x", ((unsigned char*)RTA_DATA(a))[i]);
  }
  if (!over || (priority != 0 && priority < 32766)) return;
  printf("  %s family %d bits %d %d table %d protocol %d scope %d type %d flags %x%s\n",
         message->nlmsg_type == RTM_NEWRULE ? "rule" : "route", route->rtm_family, route->rtm_dst_len, route->rtm_src_len,
         route->rtm_table, route->rtm_protocol, route->rtm_scope, route->rtm_type, route->rtm_flags, text);
}

static void show_answers(int fd) {
  char buffer[32768];
  for (int done = 0; !done;) {
    struct sockaddr_nl from;
    socklen_t size = sizeof from;
    const ssize_t count = recvfrom(fd, buffer, sizeof buffer, MSG_DONTWAIT, (struct sockaddr*)&from, &size);
    if (count < 0) {
      printf("  %s\n", strerrorname_np(errno));
      return;
    }
    unsigned left = (unsigned)count;
    for (struct nlmsghdr* message = (struct nlmsghdr*)buffer; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == RTM_NEWLINK) {
        const struct ifinfomsg* link = NLMSG_DATA(message);
        if (link->ifi_index != 1) continue;
        printf("  link seq %u flags %x: type %d flags %x change %x\n", message->nlmsg_seq, message->nlmsg_flags & ~NLM_F_DUMP_INTR,
               link->ifi_type, link->ifi_flags, link->ifi_change);
        int left_of_link = IFLA_PAYLOAD(message);
        for (struct rtattr* a = IFLA_RTA(link); RTA_OK(a, left_of_link); a = RTA_NEXT(a, left_of_link)) {
          if (a->rta_type == IFLA_IFNAME) printf("    name %s\n", (char*)RTA_DATA(a));
          if (a->rta_type == IFLA_MTU) printf("    mtu %u\n", *(unsigned*)RTA_DATA(a));
          if (a->rta_type == IFLA_QDISC) printf("    qdisc %s\n", (char*)RTA_DATA(a));
          if (a->rta_type == IFLA_OPERSTATE) printf("    state %d\n", *(unsigned char*)RTA_DATA(a));
          if (a->rta_type == IFLA_ADDRESS) printf("    address of %d bytes\n", (int)RTA_PAYLOAD(a));
        }
      } else if (message->nlmsg_type == RTM_NEWADDR) {
        const struct ifaddrmsg* address = NLMSG_DATA(message);
        if (address->ifa_index != 1) continue;
        printf("  address seq %u flags %x: family %d prefix %d flags %x scope %d\n", message->nlmsg_seq,
               message->nlmsg_flags & ~NLM_F_DUMP_INTR, address->ifa_family, address->ifa_prefixlen, address->ifa_flags,
               address->ifa_scope);
      } else if (message->nlmsg_type == RTM_NEWROUTE || message->nlmsg_type == RTM_NEWRULE) {
        show_route(message);
        done = !(message->nlmsg_flags & NLM_F_MULTI);
      } else if (message->nlmsg_type == NLMSG_DONE) {
        printf("  done seq %u: %d, from %u %u\n", message->nlmsg_seq, *(int*)NLMSG_DATA(message), from.nl_pid, from.nl_groups);
        done = 1;
      } else if (message->nlmsg_type == NLMSG_ERROR) {
        const struct nlmsgerr* error = NLMSG_DATA(message);
        printf("  error %s of type %d seq %u\n", error->error ? strerrorname_np(-error->error) : "0", error->msg.nlmsg_type,
               error->msg.nlmsg_seq);
        done = 1;
      }
    }
  }
}

static void ask(int fd, const char* what, int type, int flags, int family, unsigned length) {
  static unsigned sequence = 100;
  struct request request = {.header = {.nlmsg_len = length, .nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = sequence++}};
  request.general.rtgen_family = family;
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  const ssize_t sent = sendto(fd, &request, length > sizeof request.header ? length : sizeof request.header, 0,
                              (const struct sockaddr*)&kernel, sizeof kernel);
  printf("%s: %s\n", what, sent < 0 ? strerrorname_np(errno) : "sent");
  show_answers(fd);
}

static void ask_way(int fd, int family, const char* to) {
  struct {
    struct nlmsghdr header;
    struct rtmsg route;
    struct rtattr attribute;
    unsigned char address[16];
  } way = {.header = {.nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 8}, .route = {.rtm_family = family}};
  const int size = family == AF_INET ? 4 : 16;
  inet_pton(family, to, way.address);
  way.route.rtm_dst_len = 8 * size;
  way.attribute = (struct rtattr){.rta_len = RTA_LENGTH(size), .rta_type = RTA_DST};
  way.header.nlmsg_len = offsetof(__typeof__(way), address) + size;
  printf("the way to %s: %s\n", to, send(fd, &way, way.header.nlmsg_len, 0) < 0 ? strerrorname_np(errno) : "sent");
  show_answers(fd);
}

static void route_messages(void) {
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  printf("socket: %s\n", name_of(fd));
  struct sockaddr_nl name = {.nl_family = AF_NETLINK};
  socklen_t size = sizeof name;
  printf("before bind: %s", name_of(getsockname(fd, (struct sockaddr*)&name, &size)));
  printf(" size %u pid %u\n", size, name.nl_pid);
  printf("bind: %s", name_of(bind(fd, (struct sockaddr*)&name, sizeof name)));
  getsockname(fd, (struct sockaddr*)&name, &size);
  printf(" pid is %s\n", name.nl_pid == (unsigned)getpid() ? "the process's" : "another");
  const int second = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);
  struct sockaddr_nl taken = {.nl_family = AF_NETLINK, .nl_pid = getpid()};
  printf("the same again: %s\n", name_of(bind(second, (struct sockaddr*)&taken, sizeof taken)));
  taken.nl_pid = 0;
  printf("none asked: %s", name_of(bind(second, (struct sockaddr*)&taken, sizeof taken)));
  getsockname(second, (struct sockaddr*)&taken, &size);
  printf(" %s\n", taken.nl_pid == 0 || taken.nl_pid == (unsigned)getpid() ? "the process's or 0" : "another");
  int type, domain, protocol;
  socklen_t int_size = sizeof type;
  getsockopt(second, SOL_SOCKET, SO_TYPE, &type, &int_size);
  getsockopt(second, SOL_SOCKET, SO_DOMAIN, &domain, &int_size);
  getsockopt(second, SOL_SOCKET, SO_PROTOCOL, &protocol, &int_size);
  printf("type %d domain %d protocol %d\n", type, domain, protocol);
  close(second);
  struct pollfd poll_one = {.fd = fd, .events = POLLIN | POLLOUT};
  printf("poll %d", poll(&poll_one, 1, 0));
  printf(" %x\n", poll_one.revents);

  ask(fd, "links", RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "addresses", RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "addresses of IPv4", RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, AF_INET, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "addresses of IPv6", RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, AF_INET6, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "no request", RTM_GETLINK, NLM_F_DUMP, AF_UNSPEC, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "no request, acknowledged", RTM_GETLINK, NLM_F_DUMP | NLM_F_ACK, AF_UNSPEC, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "unknown type", 900, NLM_F_REQUEST, AF_UNSPEC, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "nothing to do", NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "a length too small", RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, 8);

  ask(fd, "routes of IPv4", RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, AF_INET, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "routes of IPv6", RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, AF_INET6, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "rules of IPv4", RTM_GETRULE, NLM_F_REQUEST | NLM_F_DUMP, AF_INET, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask(fd, "rules of IPv6", RTM_GETRULE, NLM_F_REQUEST | NLM_F_DUMP, AF_INET6, NLMSG_LENGTH(sizeof(struct rtgenmsg)));
  ask_way(fd, AF_INET, "127.0.0.2");
  ask_way(fd, AF_INET, "127.255.255.255");
  ask_way(fd, AF_INET6, "::1");
  struct request one = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof one.link), .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 7}};
  one.link.ifi_index = 1;
  printf("link 1: %s\n", send(fd, &one, one.header.nlmsg_len, 0) < 0 ? strerrorname_np(errno) : "sent");
  show_answers(fd);
  one.link.ifi_index = 9999;
  printf("link 9999: %s\n", send(fd, &one, one.header.nlmsg_len, 0) < 0 ? strerrorname_np(errno) : "sent");
  show_answers(fd);
  one.link.ifi_index = 0;
  printf("no link: %s\n", send(fd, &one, one.header.nlmsg_len, 0) < 0 ? strerrorname_np(errno) : "sent");
  show_answers(fd);
  struct sockaddr_nl nobody = {.nl_family = AF_NETLINK, .nl_pid = 123456789};
  printf("to nobody: %s\n", name_of(sendto(fd, &one, one.header.nlmsg_len, 0, (struct sockaddr*)&nobody, sizeof nobody)));
  struct sockaddr wrong = {.sa_family = AF_INET};
  printf("to another family: %s\n", name_of(sendto(fd, &one, one.header.nlmsg_len, 0, &wrong, sizeof(struct sockaddr_nl))));
  printf("listen: %s", name_of(listen(fd, 1)));
  printf(" accept: %s", name_of(accept(fd, NULL, NULL)));
  printf(" shutdown: %s", name_of(shutdown(fd, SHUT_RDWR)));
  struct sockaddr_nl peer;
  size = sizeof peer;
  printf(" peer: %s", name_of(getpeername(fd, (struct sockaddr*)&peer, &size)));
  printf(" %u %u\n", size, peer.nl_pid);
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  printf("connect: %s", name_of(connect(fd, (const struct sockaddr*)&kernel, sizeof kernel)));
  printf(" short: %s\n", name_of(connect(fd, (const struct sockaddr*)&kernel, 4)));
  close(fd);
  printf("stream: %s", name_of(socket(AF_NETLINK, SOCK_STREAM, 0)));
  printf(" protocol 99: %s", name_of(socket(AF_NETLINK, SOCK_RAW, 99)));
  printf(" protocol -1: %s", name_of(socket(AF_NETLINK, SOCK_RAW, -1)));
  int pair[2];
  printf(" pair: %s\n", name_of(socketpair(AF_NETLINK, SOCK_RAW, 0, pair)));
}

/// The lines of a file of /proc/net with `what` in it.
static void show_lines(const char* path, const char* what) {
  char line[512];
  FILE* file = fopen(path, "r");
  printf("%s: %s\n", path, file ? "there" : strerrorname_np(errno));
  while (file && fgets(line, sizeof line, file)) {
    if (strstr(line, what)) printf("  %s", line);
  }
  if (file) fclose(file);
}

static int compare(const void* a, const void* b) { return strcmp(a, b); }

/// The lines about sockets of a port, but for timers, owners and numbers, in an order of their own.
static void show_sockets(const char* path, int port) {
  char line[512], wanted[16], shown[8][256];
  size_t count = 0;
  snprintf(wanted, sizeof wanted, ":%04X", port);
  FILE* file = fopen(path, "r");
  printf("%s\n", path);
  while (file && fgets(line, sizeof line, file)) {
    char local[64], remote[64], state[8], queues[32];
    unsigned long inode;
    if (sscanf(line, " %*d: %63s %63s %7s %31s %*s %*s %*s %*s %lu", local, remote, state, queues, &inode) != 5) continue;
    if (!strstr(local, wanted) && !strstr(remote, wanted)) continue;
    *strchr(local, ':') = *strchr(remote, ':') = 0;
    if (count == 8) break;
    snprintf(shown[count++], sizeof *shown, "%s %s state %s queues %s inode %s", local, remote, state, queues,
             inode ? "there" : "none");
  }
  if (file) fclose(file);
  qsort(shown, count, sizeof *shown, compare);
  for (size_t i = 0; i < count; i++) printf("  %s\n", shown[i]);
}

/// The lines of /proc/net/unix about sockets whose names have `what` in them, but for their numbers.
static void show_unix_sockets(const char* what) {
  char line[512];
  FILE* file = fopen("/proc/net/unix", "r");
  while (file && fgets(line, sizeof line, file)) {
    unsigned users, protocol, flags, type, state;
    unsigned long inode;
    char name[256] = "";
    const int count = sscanf(line, "%*[^:]: %x %x %x %x %x %lu %255s", &users, &protocol, &flags, &type, &state, &inode, name);
    char* const at = count == 7 ? strstr(name, what) : NULL;
    if (at) printf("  flags %x type %x state %x inode %s, %zu before the name\n", flags, type, state, inode ? "there" : "none", at - name);
  }
  if (file) fclose(file);
}

static void unix_sockets(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  const int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "interfaces-%d", getpid());
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr*)&name, offsetof(struct sockaddr_un, sun_path) + 1 + length);
  show_unix_sockets(name.sun_path + 1);
  listen(listener, 5);
  show_unix_sockets(name.sun_path + 1);
  close(listener);
  show_unix_sockets(name.sun_path + 1);
}

static void proc_files(void) {
  char link[64] = "";
  printf("/proc/net is %.*s\n", (int)readlink("/proc/net", link, sizeof link), link);
  show_lines("/proc/net/dev", "face");
  show_lines("/proc/net/if_inet6", " lo");
  show_lines("/proc/net/route", "Iface");
  show_lines("/proc/self/net/tcp", "local_address");
  show_lines("/proc/self/net/tcp6", "local_address");
  show_lines("/proc/self/net/udp", "local_address");
  show_lines("/proc/self/net/udp6", "local_address");
  show_lines("/proc/net/unix", "Inode");
  show_lines("/proc/net/nonesuch", "");
  unix_sockets();

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr*)&address, sizeof address);
  listen(listener, 5);
  getsockname(listener, (struct sockaddr*)&address, &size);
  show_sockets("/proc/net/tcp", ntohs(address.sin_port));
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, (struct sockaddr*)&address, sizeof address);
  const int server = accept(listener, NULL, NULL);
  close(listener);
  send(client, "hello", 5, 0);
  show_sockets("/proc/net/tcp", ntohs(address.sin_port));
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  const int receiver = socket(AF_INET6, SOCK_DGRAM, 0);
  bind(receiver, (struct sockaddr*)&six, sizeof six);
  size = sizeof six;
  getsockname(receiver, (struct sockaddr*)&six, &size);
  show_sockets("/proc/net/udp6", ntohs(six.sin6_port));
  close(client);
  close(server);
  close(receiver);
}

/// What has gone over lo since the last time: at least so much.
static void traffic(void) {
  unsigned long long bytes[2] = {0, 0};
  for (int turn = 0; turn < 2; turn++) {
    char line[512];
    FILE* file = fopen("/proc/net/dev", "r");
    while (fgets(line, sizeof line, file)) sscanf(line, " lo: %llu", &bytes[turn]);
    fclose(file);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int to = socket(AF_INET, SOCK_DGRAM, 0), from = socket(AF_INET, SOCK_DGRAM, 0);
    bind(to, (struct sockaddr*)&address, sizeof address);
    getsockname(to, (struct sockaddr*)&address, &size);
    for (int i = 0; i < 10; i++) sendto(from, line, 500, 0, (struct sockaddr*)&address, sizeof address);
    close(to);
    close(from);
  }
  printf("5000 bytes more are counted: %s\n", bytes[1] >= bytes[0] + 5000 ? "yes" : "no");
}

static void sys_files(void) {
  static const char* const names[] = {"address", "addr_len",  "carrier", "flags",        "ifindex",
                                      "iflink",  "operstate", "mtu",     "tx_queue_len", "type"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64], line[64] = "none\n";
    snprintf(path, sizeof path, "/sys/class/net/lo/%s", names[i]);
    FILE* file = fopen(path, "r");
    if (file) {
      fgets(line, sizeof line, file);
      fclose(file);
    }
    printf("%s %s", names[i], line);
  }
  char target[64] = "";
  const ssize_t size = readlink("/sys/class/net/lo", target, sizeof target);
  struct statfs filesystem;
  printf("lo is %.*s, of a filesystem of type %lx\n", (int)size, target,
         statfs("/sys", &filesystem) ? 0 : (long)filesystem.f_type);
}

int main(void) {
  addresses();
  ioctls();
  route_messages();
  proc_files();
  sys_files();
  traffic();
}
