# SPDX-License-Identifier: BSD-2-Clause
"""An interpreter of the part of CMake's language that the tree's build files use."""

import collections
import os
import re

from trouble import Unusable


class Quoted(str):
    """An argument that stood in quotes: neither split at semicolons nor taken for a variable."""


TOKEN = re.compile(r'\s+|\#[^\n]*|(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"'
                   r'|(?P<bare>(?:\$<[^\n]*>|\$\{[^\n}]*\}|\\.|[^\s()"#\\])+)', re.DOTALL)
CLOSERS = {"if": "endif", "foreach": "endforeach", "function": "endfunction", "macro": "endmacro",
           "while": "endwhile"}
FALSE = {"", "0", "OFF", "NO", "FALSE", "N", "IGNORE", "NOTFOUND"}


def commands_of(text):
    """The commands in a CMake text, as pairs of a name and its raw arguments."""
    found, name, depth, args, at = [], None, 0, [], 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if not token:
            raise Unusable("a CMake file of the tree cannot be read: " + text[at:at + 60])
        at = token.end()
        if token["open"]:
            depth += 1
            if depth > 1:
                args.append("(")
        elif token["close"]:
            depth -= 1
            if depth == 0:
                found.append((name.lower(), args))
                args = []
            else:
                args.append(")")
        elif depth and token["quoted"] is not None:
            args.append(Quoted(re.sub(r'\\(["\\$])', r'\1', token["quoted"])))
        elif token["bare"]:
            if depth:
                args.append(token["bare"])
            else:
                name = token["bare"]
    return found


def body_of(commands, start):
    """The index of the command that closes the block which the command at `start` opens."""
    opener = commands[start][0]
    depth = 0
    for index in range(start, len(commands)):
        if commands[index][0] == opener:
            depth += 1
        elif commands[index][0] == CLOSERS[opener]:
            depth -= 1
            if depth == 0:
                return index
    return len(commands)


def sections(args, words):
    """The arguments after each of the keywords `words`; those before the first under ''."""
    result, key = collections.defaultdict(list), ""
    for arg in args:
        if arg in words:
            key = str(arg)
            result[key] = result[key]
        else:
            result[key].append(str(arg))
    return result


class CMake:
    """Runs CMake files for the few commands that matter here; every other command does nothing."""

    COMPONENT_WORDS = ("SOURCES", "CAKEML_SOURCES", "CAKEML_DEPENDS", "CAKEML_INCLUDES", "INCLUDES",
                       "C_FLAGS", "CXX_FLAGS", "LD_FLAGS", "LIBS", "TEMPLATE_SOURCES",
                       "TEMPLATE_HEADERS", "CAKEML_HEAP_SIZE", "CAKEML_STACK_SIZE",
                       "LINKER_LANGUAGE")
    CONNECTOR_WORDS = ("FROM", "TO", "CAKEML_TO", "FROM_HEADER", "TO_HEADER", "FROM_LIBS",
                       "TO_LIBS")

    def __init__(self, variables):
        self.vars = dict(variables)
        self.functions = {}
        self.properties = collections.defaultdict(dict)
        self.imports, self.templates, self.flags, self.items = [], [], [], []
        self.directory = ""

    def run_file(self, path):
        if not os.path.isfile(path):
            return
        outer, self.directory = self.directory, os.path.dirname(os.path.abspath(path))
        with open(path, encoding="utf-8", errors="replace") as stream:
            self.run(commands_of(stream.read()))
        self.directory = outer

    def expand(self, text):
        """`text` with its variable references replaced, innermost first."""
        def value(match):
            if match[1] in ("CMAKE_CURRENT_LIST_DIR", "CMAKE_CURRENT_SOURCE_DIR"):
                return self.directory
            return self.vars.get(match[1], "")
        for _ in range(8):
            replaced = re.sub(r"\$\{([^${}]*)\}", value, text)
            if replaced == text:
                break
            text = replaced
        return text

    def arguments(self, raw):
        result = []
        for arg in raw:
            if isinstance(arg, Quoted):
                result.append(Quoted(self.expand(arg)))
            else:
                result += [part for part in self.expand(arg).split(";") if part]
        return result

    def run(self, commands):
        index = 0
        while index < len(commands):
            name, raw = commands[index]
            if name in CLOSERS:
                end = body_of(commands, index)
                self.block(name, raw, commands[index + 1:end])
                index = end + 1
                continue
            if name == "return":
                return
            if name in self.functions and not hasattr(self, "do_" + name):
                self.call(name, self.arguments(raw))
            else:
                getattr(self, "do_" + name, lambda args: None)(self.arguments(raw))
            index += 1

    def block(self, name, raw, body):
        if name in ("function", "macro"):
            if raw:
                self.functions[raw[0].lower()] = (name, [str(word) for word in raw[1:]], body)
        elif name == "foreach":
            self.loop(self.arguments(raw), body)
        elif name == "if":
            self.branch(raw, body)

    def loop(self, args, body):
        variable, rest = args[0], args[1:]
        if rest[:1] == ["RANGE"]:
            bounds = [int(word) for word in rest[1:] if re.fullmatch(r"-?\d+", word)]
            if not bounds:
                return
            low, high = (0, bounds[0]) if len(bounds) == 1 else bounds[:2]
            values = [str(value) for value in range(low, high + 1)]
        elif rest[:2] == ["IN", "ITEMS"]:
            values = rest[2:]
        elif rest[:2] == ["IN", "LISTS"]:
            values = [value for name in rest[2:] for value in self.vars.get(name, "").split(";")
                      if value]
        else:
            values = rest
        for value in values:
            self.vars[variable] = str(value)
            self.run(body)

    def branch(self, raw, body):
        taken, condition, chosen, depth = False, raw, [], 0
        for name, args in body + [("else", [])]:
            if depth == 0 and name in ("elseif", "else"):
                if not taken and self.holds(condition):
                    taken = True
                    self.run(chosen)
                condition, chosen = (args if name == "elseif" else ["TRUE"]), []
                continue
            depth += (name in CLOSERS) - (name in CLOSERS.values())
            chosen.append((name, args))
        if not taken and self.holds(condition):
            self.run(chosen)

    def holds(self, raw):
        """The value of a condition. Comparison binds first, then NOT, AND and OR."""
        tokens = []
        for arg in raw:
            expanded = self.expand(arg)
            tokens.append(Quoted(expanded) if isinstance(arg, Quoted) else expanded)

        def value(token):
            return token if isinstance(token, Quoted) else self.vars.get(token, token)

        def number(token):
            return int(value(token)) if re.fullmatch(r"-?\d+", value(token)) else 0

        def truth(token):
            word = value(token).upper()
            if isinstance(token, Quoted) or token.upper() in FALSE or token in self.vars:
                return word not in FALSE and not word.endswith("-NOTFOUND")
            return word in ("1", "ON", "YES", "TRUE", "Y") or word.isdigit()

        binary = {
            "STREQUAL": lambda a, b: value(a) == value(b),
            "EQUAL": lambda a, b: number(a) == number(b),
            "GREATER": lambda a, b: number(a) > number(b),
            "LESS": lambda a, b: number(a) < number(b),
            "MATCHES": lambda a, b: re.search(b, value(a)) is not None,
            "IN_LIST": lambda a, b: value(a) in self.vars.get(b, "").split(";"),
        }
        unary = {"EXISTS": os.path.exists, "TARGET": lambda name: name in self.properties,
                 "DEFINED": lambda name: name in self.vars, "COMMAND": lambda name: False}

        def primary():
            token = tokens.pop(0) if tokens else Quoted("")
            if token == "(" and not isinstance(token, Quoted):
                result = either()
                if tokens:
                    tokens.pop(0)
                return result
            if token == "NOT" and not isinstance(token, Quoted):
                return not primary()
            if token in unary and tokens:
                return unary[token](tokens.pop(0))
            if len(tokens) > 1 and tokens[0] in binary:
                return binary[tokens.pop(0)](token, tokens.pop(0))
            return truth(token)

        def both():
            result = primary()
            while tokens[:1] == ["AND"]:
                tokens.pop(0)
                result = primary() and result
            return result

        def either():
            result = both()
            while tokens[:1] == ["OR"]:
                tokens.pop(0)
                result = both() or result
            return result

        return either()

    def call(self, name, args):
        kind, parameters, body = self.functions[name]
        outer = self.vars
        if kind == "function":
            self.vars = dict(outer)
            self.vars["\0outer"] = outer
        for position, word in enumerate(parameters):
            self.vars[word] = str(args[position]) if position < len(args) else ""
        for position, word in enumerate(args):
            self.vars["ARGV%d" % position] = str(word)
        self.vars.update({"ARGC": str(len(args)), "ARGN": ";".join(args[len(parameters):]),
                          "ARGV": ";".join(args)})
        self.run(body)
        self.vars = outer

    def path(self, text):
        return os.path.normpath(os.path.join(self.directory, text))

    def do_set(self, args):
        if not args:
            return
        name, values = str(args[0]), [str(word) for word in args[1:]]
        target = self.vars
        if values[-1:] == ["PARENT_SCOPE"]:
            target, values = self.vars.get("\0outer", self.vars), values[:-1]
        elif "CACHE" in values:
            if "FORCE" not in values and name in self.vars:
                return
            values = values[:values.index("CACHE")]
        target[name] = ";".join(values)

    def do_unset(self, args):
        self.vars.pop(args[0], None)

    def do_list(self, args):
        if args[:1] == ["APPEND"]:
            have = self.vars.get(args[1], "")
            self.vars[args[1]] = ";".join(([have] if have else []) + [str(a) for a in args[2:]])

    def do_string(self, args):
        if args[:1] == ["TOUPPER"] and len(args) == 3:
            self.vars[args[2]] = args[1].upper()

    def do_math(self, args):
        if len(args) == 3 and re.fullmatch(r"[\d\s+*-]+", args[2]):
            self.vars[args[1]] = str(eval(args[2]))  # digits and three operators only

    def do_cmake_parse_arguments(self, args):
        if args[:1] == ["PARSE_ARGV"]:
            start, prefix, words, given = int(args[1]), args[2], args[3:6], None
        else:
            start, prefix, words, given = 0, args[0], args[1:4], args[4:]
        if given is None:
            count = int(self.vars.get("ARGC", "0"))
            given = [self.vars["ARGV%d" % index] for index in range(start, count)]
        keywords = [word for group in words for word in group.split(";") if word]
        for word in keywords:
            self.vars.pop("%s_%s" % (prefix, word), None)
        for word, values in sections(given, keywords).items():
            self.vars["%s_%s" % (prefix, word or "UNPARSED_ARGUMENTS")] = ";".join(values)

    def do_get_filename_component(self, args):
        if len(args) > 2 and args[2] == "NAME":
            self.vars[args[0]] = os.path.basename(args[1])
        elif len(args) > 2 and args[2] == "DIRECTORY":
            self.vars[args[0]] = os.path.dirname(args[1])

    def do_include(self, args):
        if args:
            self.run_file(self.path(args[0]))

    def do_add_subdirectory(self, args):
        if args:
            outer = dict(self.vars)
            self.run_file(os.path.join(self.path(args[0]), "CMakeLists.txt"))
            self.vars = outer

    def do_add_custom_target(self, args):
        self.properties.setdefault(args[0], {})

    def do_get_property(self, args):
        if len(args) >= 5 and args[1] == "TARGET":
            self.vars[args[0]] = self.properties.get(args[2], {}).get(args[4], "")

    def do_get_target_property(self, args):
        value = self.properties.get(args[1], {}).get(args[2])
        self.vars[args[0]] = args[0] + "-NOTFOUND" if value is None else value

    # The commands of camkes.cmake and its generated camkes-gen.cmake.

    def do_camkesaddimportpath(self, args):
        self.imports += [self.path(word) for word in args if os.path.isdir(self.path(word))]

    do_camkesmaybeaddimportpath = do_camkesaddimportpath

    def do_camkesaddtemplatespath(self, args):
        self.templates += [self.path(word) for word in args]

    def do_camkesaddcppinclude(self, args):
        self.flags += ["-I" + self.path(word) for word in args]

    def do_declarecamkesrootserver(self, args):
        parts = sections(args, ("DTS_FILE_PATH", "DTB_FILE_PATH", "CPP_FLAGS", "CPP_INCLUDES"))
        # `Tree` makes the call once more, for a file that no CMakeLists.txt declares.
        more = parts["CPP_FLAGS"] + ["-I" + self.path(word) for word in parts["CPP_INCLUDES"]]
        self.flags += [flag for flag in more if flag not in self.flags]

    def do_definecamkesvmfileserver(self, args):
        pass

    def declare(self, target, prefix, parts):
        known = self.properties.setdefault(target, {})
        for word, values in parts.items():
            if word and values:
                have = known.get(prefix + word)
                known[prefix + word] = ";".join(([have] if have else []) + values)

    def do_declarecamkescomponent(self, args):
        self.declare("CAmkESComponent_" + args[0], "COMPONENT_",
                     sections(args[1:], self.COMPONENT_WORDS))

    def do_declarecamkesconnector(self, args):
        self.declare("CAmkESConnector_" + args[0], "CONNECTOR_",
                     sections(args[1:], self.CONNECTOR_WORDS))

    def do_camkesgen(self, args):
        words = ("SOURCE", "C_STYLE", "THY_STYLE", "SOURCES_VAR", "VER_BASE_NAME", "DEPENDS")
        self.items.append(sections(args, words)[""])
