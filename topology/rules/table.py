"""The table of rules: what topo checks, how much it weighs, why, and what to do about it.

T1xx is what the stack says about itself, T2xx who is open to too many, T3xx how well its containers keep.
"""

from __future__ import annotations

from topology.findings import Severity
from topology.rules import cluster, commandments, disclosed, hazards, waivers
from topology.rules.case import Check, Rule
from topology.rules.excess import excess_reach
from topology.rules.judge import judged
from topology.rules.links import unmet_links

_ERROR, _WARNING, _NOTE = Severity


_TABLE: tuple[tuple[str, Severity, Check, str, str, str], ...] = (
    (
        "T101", _ERROR, judged,
        "claim broken",
        "A claim says what must be true of the stack, and it is not.",
        "Close the path that the finding shows, or change the claim; topo explain A B shows every path.",
    ),
    (
        "T102", _ERROR, judged,
        "claim cannot be proved",
        "Something in the stack can leave its networks, so nobody can say that the claim holds.",
        "Take away what the finding names, for example the mounted Docker socket.",
    ),
    (
        "T103", _ERROR, judged,
        "claim is not understood",
        "A sentence that cannot be read protects nothing.",
        'Say "A can reach B", "A cannot reach B", "only A can reach B" or "A can reach only B".',
    ),
    (
        "T104", _ERROR, judged,
        "claim names something unknown",
        "A claim about a service that is not there holds by accident, mostly after a renaming.",
        "Name a service, network or label that is there, or take the claim out.",
    ),
    (
        "T105", _ERROR, waivers.declared,
        "waiver has expired",
        "A waiver is a promise to come back to something by a day, and the day has passed.",
        "Mend what it waives, or give it another date.",
    ),
    (
        "T106", _ERROR, waivers.declared,
        "policy names something unknown",
        "A waiver or a severity for what does not exist does nothing, mostly because of a slip of the pen.",
        "Write the claim as it stands under claims, or a code that topo check --rules lists.",
    ),
    (
        "T107", _NOTE, waivers.declared,
        "waiver waives nothing",
        "What it was for has been mended, and left in place it would hide the next such fault.",
        "Take it out.",
    ),
    (
        "T110", _ERROR, unmet_links,
        "link leads nowhere",
        "Docker accepts a link over no common network, and the program finds out when it connects.",
        "Put both on one network, or take the link out.",
    ),
    (
        "T120", _ERROR, excess_reach,
        "more can be reached than is needed",
        "Who breaks into one service gets as far as its networks go. A warning unless the default is deny.",
        "topo suggest writes the networks that open exactly the links and nothing else.",
    ),
    (
        "T121", _ERROR, excess_reach,
        "nobody says what is needed",
        "Without links nothing can be told apart from what is meant. A warning unless the default is deny.",
        "Say with links who opens connections to whom; then topo suggest writes the networks for it.",
    ),
    (
        "T122", _NOTE, excess_reach,
        "needs can be travelled backwards",
        "On a bridge the one who is called can call back.",
        "Where that matters put a proxy that opens the one port in between, on a network with each.",
    ),
    (
        "T201", _WARNING, hazards.open_stores,
        "data store published to everyone",
        "A published port is open on every address of the host, past many firewalls, and to every container.",
        "Publish it on 127.0.0.1, or not at all: services on its network need no published port.",
    ),
    (
        "T202", _WARNING, hazards.edges_beside_stores,
        "edge proxy beside data store",
        "The service that strangers talk to first should not be one step from the data.",
        "Put the store on a network with its clients only.",
    ),
    (
        "T203", _NOTE, hazards.default_for_all,
        "everything on the default network",
        "One network for all means that everybody can open every port of everybody.",
        "Name networks and put on each only those that talk to each other; topo suggest writes them.",
    ),
    (
        "T204", _WARNING, hazards.sockets_mounted,
        "Docker socket mounted",
        "Whoever can talk to the engine can join any network and is root on the host.",
        "Put a proxy that lets through only the calls it needs in between.",
    ),
    (
        "T205", _WARNING, hazards.privileged,
        "privileged container",
        "A privileged container can enter any network of the host.",
        "Name the capabilities it needs with cap_add.",
    ),
    (
        "T206", _WARNING, hazards.host_networked,
        "host network",
        "A service in the host's network stands outside every isolation that networks give.",
        "Give it networks of its own and publish its ports.",
    ),
    (
        "T207", _NOTE, hazards.latest_images,
        "image without a version",
        "Two machines, or two days, run different programs from one file.",
        "Name a version, or a digest.",
    ),
    (
        "T208", _WARNING, hazards.dropped_ports,
        "published port that never opens",
        "The engine drops ports of a container without a gateway network, without a word (moby#36174).",
        "Put the service on a network that is not internal as well, or take the ports out.",
    ),
    (
        "T209", _WARNING, hazards.captured_names,
        "name captured by an alias",
        "The engine gives both addresses, so part of one service's traffic goes to another.",
        "Choose another alias or hostname.",
    ),
    (
        "T210", _NOTE, hazards.shared_aliases,
        "alias of several services",
        "Spreading connections by a common alias works, and is a surprise where it was not meant.",
        "Give each its own alias, unless connections are meant to be spread.",
    ),
    (
        "T211", _WARNING, hazards.hostname_traps,
        "peer hidden by /etc/hosts",
        "A container's own hostname and extra_hosts win over the names of its networks.",
        "Take the name out of hostname or extra_hosts.",
    ),
    (
        "T212", _WARNING, hazards.host_processes,
        "processes of the host in sight",
        "With the host's process table come the environments of all processes, and with them their secrets.",
        "Take pid out, or share the processes of one service with pid: service:NAME.",
    ),
    (
        "T213", _WARNING, disclosed.literal_secrets,
        "secret in plain text",
        "A secret in a file that is shared is known to everybody who ever had a copy of the file.",
        "Write ${NAME} and give the value in the environment or in a .env file that is not shared.",
    ),
    (
        "T214", _WARNING, cluster.left_behind,
        "data that a Swarm leaves behind",
        "A Swarm starts a task on any node that has room, and a volume of the driver local is of one node.",
        "Say with deploy.placement.constraints where it runs, or take a driver whose data all nodes see.",
    ),
    (
        "T215", _ERROR, cluster.impossible,
        "what no Swarm can do",
        "A service of a Swarm has less than a container: topo plan refuses what it asks for beyond that.",
        "Do what the finding says, or take `engine: swarm` out.",
    ),
    (
        "T216", _WARNING, cluster.elsewhere,
        "file that only one node has",
        "A Swarm starts a task on any node that has room, and a bind mount shows what that very node has.",
        "Make a config or a secret of the file, or say with deploy.placement.constraints where it runs.",
    ),
    (
        "T301", _NOTE, commandments.without_restart,
        "no restart policy",
        "A process ends one day, by a fault or with the machine, and nobody starts it again.",
        "Say restart: unless-stopped; not for a job: deploy.mode: replicated-job, or one that is waited for.",
    ),
    (
        "T302", _WARNING, commandments.without_volume,
        "data store without a volume",
        "A container is replaced on every change, and what it wrote outside volumes goes with it.",
        "Mount a named volume where the store keeps its data.",
    ),
    (
        "T303", _NOTE, commandments.installing,
        "packages installed at start",
        "A start that downloads is slow, fails with the network, and gives another program every day.",
        "Install them in the Dockerfile.",
    ),
    (
        "T304", _NOTE, commandments.mounted_sources,
        "sources mounted into the container",
        "What runs is a folder on one machine, not the image that was built, tested and can be moved.",
        "Copy the sources in the Dockerfile; mount them in an override file for development.",
    ),
    (
        "T305", _NOTE, commandments.several_processes,
        "several programs in one container",
        "The engine watches the first process only, so the others may end without anybody seeing it.",
        "Make each program a service of its own.",
    ),
    (
        "T306", _NOTE, commandments.kept_logs,
        "logs written to files",
        "docker logs shows what goes to standard output; files grow until the disk is full.",
        "Let the program write to standard output.",
    ),
    (
        "T307", _NOTE, commandments.fixed_names,
        "container name of its own",
        "Two containers cannot have one name, so no second replica and no replacement without a gap.",
        "Take container_name out; others reach the service by its name.",
    ),
    (
        "T308", _NOTE, commandments.deaf_shells,
        "shell as first process",
        "A shell hands no signal on, so the program is killed in the middle of its work at every stop.",
        "Put exec in front of the last command, or set init: true.",
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = tuple(
    Rule(code=code, severity=severity, find=find, title=title, why=why, mend=mend)
    for code, severity, find, title, why, mend in _TABLE
)
