#!/bin/sh
# The official image's check, of which the examples use --connect: here the port opens when all is ready.
exec nc -w 1 127.0.0.1 3306 </dev/null >/dev/null
