#pragma once

#include <functional>

class QWidget;

namespace stepwell {

class Page;

/// Asks what to do with what was entered on `page`: save, discard or stay. Calls `leave` unless the person
/// stays or saving fails. Does not block.
void askAboutUnsaved(QWidget* parent, Page& page, std::function<void()> leave);

}  // namespace stepwell
