#pragma once

#include "models/graph/layout.h"

namespace stepwell::graph {

/// A part of the diagram that has its size but no place yet.
struct Cell {
    enum class Kind {
        item,      ///< a box
        sequence,  ///< cells from left to right
        fork,      ///< cells under each other, between a fork and a join
        frame,     ///< one cell with a border and a title
        way,       ///< nothing but a line
    };
    Kind kind = Kind::sequence;
    Item item;                   ///< of item and frame
    std::vector<Cell> cells;     ///< of sequence, fork, frame
    std::vector<QString> names;  ///< of a fork's rows; all may be empty
    std::vector<bool> failing;   ///< of a fork's rows: taken on a failure
    bool isChoice = false;       ///< of a fork: one of the rows is taken
    bool ends = false;           ///< nothing comes after
    bool isAwaited = true;       ///< false: the way goes on without waiting for it
    double width = 0;
    double height = 0;
    double axis = 0;  ///< where the line enters and leaves, from the top
    double nameWidth = 0;
};

/// The whole of a graph, with start and end.
Cell cellOf(const api::Graph& graph, const std::set<QString>& toggled);

}  // namespace stepwell::graph
