"""A shell of an Exchange admin: the machine with the commands of one premise, on the simulated organisation."""

import os

import commands as own
import people
import roles
import servers
from grammar import parse
from machine import Machine
from organisation import Organisation
from reader import Wrong, decode
from values import Trouble

# What comes with each generation: PowerShell, as the oldest of its systems has it.
VERSIONS = {"2007": 1, "2010": 2, "2013": 3, "online": 5}


def premise_of(org):
    """As the tables name it."""
    if org.online:
        return "online"
    return {8: "2007", 14: "2010"}.get(org.premise["major"], "2013")


def table(premise):
    """The commands that there are."""
    out = {}
    for part in (own.own(), people.commands(), roles.commands(), servers.commands()):
        for key, command in part.items():
            if premise in command.where:
                command.premise = premise
                out[key] = command
    return out


class Shell:
    """said: everything that was shown, a line each."""

    def __init__(self, control, premise=None, directory=".", answers=(), say=None):
        self.organisation = Organisation(control, premise)
        self.premise = premise_of(self.organisation)
        self.said = []
        self.show = say
        self.machine = Machine(table(self.premise), VERSIONS[self.premise], self.hear, answers, os.path.abspath(directory))
        self.machine.organisation, self.machine.premise = self.organisation, self.premise

    def hear(self, line):
        self.said.append(line)
        if self.show:
            self.show(line)

    def play(self, data):
        """A script as the bytes of a file; the exit status. Wrong and Trouble are for whoever wrote it."""
        source = decode(data)
        try:
            return self.machine.play(source)
        except Trouble as e:
            before = source[: e.at or 0]
            raise Wrong(e.say, before.count("\n") + 1, (e.at or 0) - (before.rfind("\n") + 1) + 1) from None


def tokens(data):
    """What a script consists of."""
    return parse(decode(data))[1]
