#include "widgets/backends/access_delegate.h"

#include "widgets/format.h"
#include "widgets/table_view.h"

#include <QDateTime>

namespace stepwell {

AccessDelegate::AccessDelegate(TableView* view, Columns columns)
    : RowDelegate(view)
    , columns_(std::move(columns)) {}

void AccessDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto& theme = Theme::get();
    const QString words = index.data(Qt::DisplayRole).toString();
    const QColor mute = theme.color(Token::mute);
    if (const auto time = index.data(columns_.timeRole).toDateTime(); time.isValid())
        return text(cell, format::relative(format::timeOf(time), format::now()), theme.body(), mute);
    if (index.column() == columns_.state) {
        const QVariant well = index.data(columns_.stateRole);
        const auto shape = !well.isValid() ? api::Status::unknown
                           : well.toBool() ? api::Status::complete
                                           : api::Status::terminated;
        return status(cell, {shape}, words);
    }
    if (index.column() == columns_.strong)
        return text(cell, words, theme.cardTitle(), theme.color(Token::text));
    const bool mono = columns_.mono.contains(index.column());
    text(cell, words, mono ? theme.mono(12) : theme.body(), mute, Qt::AlignLeft | Qt::AlignVCenter,
         mono ? Qt::ElideMiddle : Qt::ElideRight);
}

}  // namespace stepwell
