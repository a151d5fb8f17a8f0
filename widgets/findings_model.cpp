#include "widgets/findings_model.h"

#include "widgets/backends/backend_look.h"

#include <QPainter>

namespace stepwell {

void FindingsModel::set(std::vector<Finding> findings) {
    beginResetModel();
    findings_ = std::move(findings);
    endResetModel();
}

int FindingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(findings_.size());
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Finding& finding = at(index.row());
    if (role == Qt::DisplayRole) return finding.title;
    if (role == Qt::AccessibleDescriptionRole)
        return finding.origin.isEmpty() ? finding.detail
                                        : QStringLiteral("%1 · %2").arg(finding.detail, finding.origin);
    return {};
}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {option.rect.width(), rowHeight};
}

void FindingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const auto& theme = Theme::get();
    const Finding& finding = static_cast<const FindingsModel*>(index.model())->at(index.row());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & QStyle::State_Selected) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(Token::sel));
        painter->drawRoundedRect(option.rect, 6, 6);
    }
    QRect area = option.rect.adjusted(10, 0, -10, 0);
    if (finding.shape) {
        paintStatusShape(*painter, QRectF(area.left(), area.center().y() - 7, 15, 15), *finding.shape);
        area.setLeft(area.left() + 22);
    }
    painter->setFont(theme.mono(11));
    painter->setPen(theme.color(Token::mute));
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, finding.shortcut);
    if (!finding.shortcut.isEmpty())
        area.setRight(area.right() - QFontMetrics(theme.mono(11)).horizontalAdvance(finding.shortcut) - 12);
    if (!finding.origin.isEmpty()) {
        const QFontMetrics metrics(theme.secondary());
        const QString name = metrics.elidedText(finding.origin, Qt::ElideRight, area.width() / 3);
        const int wide = metrics.horizontalAdvance(name);
        painter->setFont(theme.secondary());
        painter->setPen(legible(finding.originColour, theme.color(Token::sel)));
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, name);
        painter->setPen(Qt::NoPen);
        painter->setBrush(finding.originColour);
        painter->drawEllipse(QPointF(area.right() - wide - 9, area.center().y() + 1), 3.5, 3.5);
        area.setRight(area.right() - wide - 24);
    }
    const QFont face = finding.mono ? theme.mono(12) : theme.body();
    const QFontMetrics metrics(face);
    const QString title = metrics.elidedText(finding.title, finding.mono ? Qt::ElideMiddle : Qt::ElideRight,
                                             area.width() * 2 / 3);
    painter->setFont(face);
    painter->setPen(theme.color(Token::text));
    painter->drawText(area, Qt::AlignVCenter, title);
    area.setLeft(area.left() + metrics.horizontalAdvance(title) + 10);
    painter->setFont(theme.secondary());
    painter->setPen(theme.color(Token::mute));
    painter->drawText(
        area, Qt::AlignVCenter,
        QFontMetrics(theme.secondary()).elidedText(finding.detail, Qt::ElideRight, area.width()));
    painter->restore();
}

}  // namespace stepwell
