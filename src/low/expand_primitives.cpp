// SPDX-License-Identifier: MIT
//
// Finds templates by name.
#include "low/expand_primitives.h"

#include <string_view>

namespace loko::low {

namespace {

using Map = std::unordered_map<std::string_view, const Template*>;

Map* map_of(std::initializer_list<const std::vector<TemplateRow>*> tables) {
  Map* m = new Map;
  for (const std::vector<TemplateRow>* rows : tables)
    for (const TemplateRow& r : *rows) m->emplace(r.name, &r.entry);
  return m;
}

const Template* find(const Map* map, std::string_view name) {
  auto it = map->find(name);
  return it == map->end() ? nullptr : it->second;
}

}  // namespace

const Template* find_template(std::string_view name) {
  static const Map* map = map_of({&object_templates(), &sequence_templates(), &fixnum_templates(), &float_templates(),
                                  &generic_templates(), &port_templates()});
  return find(map, name);
}

const Template* find_fast_path(std::string_view function) {
  static const Map* map = map_of({&complex_fast_paths(), &char_fast_paths(), &number_fast_paths(), &byte_fast_paths()});
  return find(map, function);
}

void test_boolean(Lowerer& l, ValueId v, Label& yes, Label& no) { l.test_value(tagged_val(v), yes, no); }

}  // namespace loko::low
