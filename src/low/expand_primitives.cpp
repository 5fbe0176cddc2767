// SPDX-License-Identifier: MIT
//
// Finds templates by name.
#include "low/expand_primitives.h"

#include <string_view>

namespace loko::low {

const Template* find_template(std::string_view name) {
  static const std::unordered_map<std::string_view, const Template*>* map = [] {
    auto* m = new std::unordered_map<std::string_view, const Template*>;
    for (const std::vector<TemplateRow>* rows :
         {&object_templates(), &sequence_templates(), &fixnum_templates(), &float_templates(), &generic_templates(), &port_templates()})
      for (const TemplateRow& r : *rows) m->emplace(r.name, &r.entry);
    return m;
  }();
  auto it = map->find(name);
  return it == map->end() ? nullptr : it->second;
}

void test_boolean(Lowerer& l, ValueId v, Label& yes, Label& no) { l.test_value(tagged_val(v), yes, no); }

}  // namespace loko::low
