"""Stacks to draw: one with something of everything, and some of any size."""

from __future__ import annotations

SHOP = """\
name: shop
services:
  nginx:
    image: nginx:1.27
    ports: ["8080:80"]
    networks: {web_nw: {ipv4_address: 10.91.0.5}, db_nw: }
    links: [flaskapp]
  flaskapp:
    image: python:3.13
    replicas: 3
    networks: [web_nw, db_nw]
    links: ["db:database"]
  db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: hunter2-in-clear}, networks: [db_nw]}
  helper:
    image: busybox
    network_mode: service:flaskapp
  agent:
    image: portainer
    networks: [web_nw]
    volumes: [/var/run/docker.sock:/var/run/docker.sock]
networks:
  web_nw: {ipam: {config: [{subnet: 10.91.0.0/24}]}}
  db_nw: {internal: true}
policy:
  default: warn
  claims:
    - nginx cannot reach db
    - world cannot reach nginx on 80
    - flaskapp can reach db on 5432
"""


def large(services: int) -> str:
    """A gateway, teams of five with a network each, and a bus for all of them."""
    lines = [
        "name: large",
        "services:",
        "  gateway: {image: 'nginx:1.27', ports: ['443:443'], networks: [edge]}",
    ]
    lines += ["  bus: {image: 'rabbitmq:4', networks: [bus]}"]
    teams = (services - 2 + len(_TEAM) - 1) // len(_TEAM)
    made = [line for team in range(teams) for line in _members(team)]
    lines += made[: services - 2]
    lines += [
        "networks:",
        "  edge:",
        "  bus:",
        *(f"  team{team}: {{internal: true}}" for team in range(teams)),
    ]
    return "\n".join(lines) + "\npolicy: {default: warn}\n"


_TEAM = ("db", "cache", "api", "worker", "web")
"""Each before those that need it, so that a team may be cut off anywhere."""


def _members(team: int) -> list[str]:
    more = {
        "web": f"networks: [edge, team{team}], links: [t{team}-api]",
        "api": f"networks: [team{team}, bus], links: [t{team}-cache, t{team}-db, bus]",
        "worker": f"networks: [team{team}, bus], links: [t{team}-db, bus], replicas: 2",
        "cache": f"networks: [team{team}]",
        "db": f"networks: [team{team}]",
    }
    return [f"  t{team}-{part}: {{image: 'example/{part}:1', {more[part]}}}" for part in _TEAM]
