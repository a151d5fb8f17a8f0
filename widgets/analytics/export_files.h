#pragma once

#include "models/analytics/export.h"
#include "widgets/analytics/chart_card.h"

#include <functional>

class QWidget;

namespace stepwell::analytics {

/// Asks where to, writes on another thread, and says in the window's notice bar how it ended. GUI thread.
void exportChart(QWidget* anywhere, std::shared_ptr<const Chart> chart, const QSet<QString>& hidden,
                 FileKind kind);
/// The whole page as a PDF.
void exportReport(QWidget* anywhere, Report report);

/// The same without asking: `path` is written, whatever was there. `done` gets the outcome on the GUI thread,
/// unless `context` is gone by then.
using Written = std::function<void(const api::Result<void>&)>;
void writeChart(const QString& path, std::shared_ptr<const Chart> chart, const QSet<QString>& hidden,
                FileKind kind, QObject* context, Written done);
void writeReport(const QString& path, Report report, QObject* context, Written done);

}  // namespace stepwell::analytics
