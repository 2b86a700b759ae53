#pragma once

#include <string>
#include <vector>

#include "services/scenario/render/text_template.h"

// Every name that a template or a label file may use, with its meaning. The reference for those who write
// texts.
namespace relance::scenario::render {

// The texts and flags of vocabulary.cc.
const Vocabulary& TemplateVocabulary();

// Names of the blocks, which are texts that stand alone on their line: {{items_table}}. A block without
// content prints nothing, and is not an error.
const std::vector<std::string>& BlockNames();

// Keys that every `<language>/labels.txt` has, no more and no fewer.
const std::vector<std::string>& LabelNames();

}  // namespace relance::scenario::render
