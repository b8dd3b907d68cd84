"""Small images of everyday services, made from Debian packages without a registry and without an engine.

The example stacks name official images. Where those cannot be pulled, these stand in for them under the same
names: the programs come from Debian, the environment variables, ports, folders and commands are those of the
official images as far as the examples and tests use them.

    python -m examples.lab.images                                   build, say where the archives are
    python -m examples.lab.images --engine unix:///path/docker.sock  load what that engine does not have
    python -m examples.lab.images --engine ... --pull                pull first, load only what cannot be had
    python -m examples.lab.images --mirror                          for a mirror, from which engines pull them

A name says what is in the image, so there is no postgres:16 here: Debian 12 has PostgreSQL 15, and 13 has 17.

A package's files are unpacked into layers; no script of a package runs, nothing is installed on the machine.
The same packages give the same image ids. What was built is kept, and built anew only when the machine's
package index or this code changes.
"""
