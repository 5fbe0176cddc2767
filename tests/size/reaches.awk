# SPDX-License-Identifier: MIT
# Which C++ functions of the entry table can reach the droppable tables and code, by the relocations of the runtime,
# against what the primitives say: (needs ...). Input: droppable.ld, entries.inc, entry_needs.inc, then
# `objdump -r runtime_all.o`.
# Prints a line per difference. One section per function (-ffunction-sections), so sections are the nodes.
function plain(name) {
  sub(/[-+]0x[0-9a-f]+$/, "", name)
  sub(/^\.(text|rodata|data|data\.rel\.ro|bss)\./, "", name); sub(/^(unlikely|hot|startup|local)\./, "", name)
  sub(/\.(part|constprop|isra|cold)\.?[0-9]*.*$/, "", name)
  return name
}
# In which droppable segment of code the linker puts a section: by the patterns of droppable.ld.
function code_group(node,   i) {
  for (i = 1; i <= patterns; ++i) if (node ~ pattern[i]) return group_of[i]
  return ""
}
function visit(node,   list, n, i) {
  if (node in seen) return
  seen[node] = 1
  if (node ~ /^\.loko_unicode_properties|unicode_data.*(kStage|kCharacterRecords|kSpecialCases)/) found["unicode"] = 1
  if (node ~ /^\.loko_unicode_normalization|unicode_data.*(kCanonical|kCompatible|kCompose)/) found["normalization"] = 1
  if (!(node in group)) group[node] = code_group(node)
  if (group[node] != "") found[group[node]] = 1
  n = split(edges[node], list, " ")
  for (i = 1; i <= n; ++i) visit(list[i])
}
/^  \.loko_(unicode_code|fasl|transcendental|blocking|transcoding|reading) / { current = substr($1, 7); next }
/^    \*\(\.(text|rodata)\./ {
  n = split($0, f, /[ ()]+/)
  for (i = 1; i <= n; ++i) if (f[i] ~ /^\.(text|rodata)\./) {
    p = f[i]; sub(/^\.(text|rodata)\./, "", p); gsub(/\*/, ".*", p)
    pattern[++patterns] = "^" p "$"; group_of[patterns] = current
  }
  next
}
/^ *LOKO_(RUNTIME|FLOAT)\(/ { split($0, f, /[(,] */); name[f[3] + 0] = f[2]; next }
/^LOKO_NEEDS\(/ { split($0, f, /[(,)] */); needs[f[2] + 0, f[3]] = 1; next }
/^RELOCATION RECORDS FOR/ {
  from = $4; gsub(/[\[\]:]/, "", from); from = plain(from)
  if (match(from, /^_ZN4loko[0-9]+/)) {   # a function of the namespace itself: by its plain name
    n = substr(from, 9) + 0
    functions[substr(from, RLENGTH + 1, n)] = functions[substr(from, RLENGTH + 1, n)] " " from
  }
  next
}
/ R_X86_64_/ { to = plain($3); if (from != to && !((from, to) in known)) { known[from, to] = 1; edges[from] = edges[from] " " to } }
END {
  for (e in name) {
    delete seen; delete found
    n = split(functions[name[e]], list, " ")
    if (n == 0) { list[1] = name[e]; list[2] = "_ZN4loko" length(name[e]) name[e] "E"; n = 2 }   # of libm, or without relocations
    for (i = 1; i <= n; ++i) visit(list[i])
    if (("unicode_code" in found) && !((e, "unicode") in needs) && !((e, "normalization") in needs)) print name[e] " reaches code for Unicode but needs neither unicode nor normalization"
    tables_count = split("unicode normalization fasl transcendental blocking transcoding reading", tables, " ")
    for (t = 1; t <= tables_count; ++t) {
      table = tables[t]
      if ((table in found) && !((e, table) in needs)) print name[e] " reaches the table " table " but has no (needs " table ")"
      if (!(table in found) && ((e, table) in needs)) print name[e] " has (needs " table ") in vain"
      if (table in found) ++reaching
    }
  }
  if (patterns < 60) print "only " patterns + 0 " patterns of droppable.ld are understood"
  if (reaching < 50) print "only " reaching + 0 " functions reach a table: the relocations are not understood"
}
