#include "widgets/backends/production.h"

#include "widgets/controls.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr const char* nameProperty = "productionName";
constexpr const char* colourProperty = "productionColour";

}  // namespace

void setProduction(QWidget* workspace, const std::optional<Production>& production) {
    workspace->setProperty(nameProperty, production ? QVariant(production->name) : QVariant());
    workspace->setProperty(colourProperty, production ? QVariant(production->colour) : QVariant());
}

std::optional<Production> productionOf(const QWidget* anywhere) {
    for (const auto* at = anywhere; at != nullptr; at = at->parentWidget()) {
        const auto name = at->property(nameProperty);
        if (name.isValid()) return Production{name.toString(), at->property(colourProperty).value<QColor>()};
    }
    return std::nullopt;
}

ProductionQuestion::ProductionQuestion(const Production& production, QWidget* parent)
    : QWidget(parent)
    , production_(production)
    , field_(new QLineEdit)
    , problem_(makeLabel(QString(), "error")) {
    setObjectName("productionQuestion");
    auto* words = makeLabel(
        tr("This happens on %1, which is production. Type its name to confirm.").arg(production.name));
    words->setWordWrap(true);
    words->setTextFormat(Qt::PlainText);
    field_->setObjectName("productionName");
    field_->setPlaceholderText(tr("its name"));
    field_->setAccessibleName(tr("Name of the production backend"));
    field_->setMaxLength(200);
    field_->setMinimumWidth(170);
    words->setBuddy(field_);
    problem_->setObjectName("productionProblem");
    problem_->setTextFormat(Qt::PlainText);
    problem_->hide();
    connect(field_, &QLineEdit::textChanged, this, [this] {
        setLook(field_, "invalid", false);
        problem_->hide();
        emit changed();
    });
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(20, 10, 16, 10);
    layout->setSpacing(12);
    layout->addWidget(words, 1);
    auto* answer = new QVBoxLayout;
    answer->setSpacing(2);
    answer->addWidget(field_);
    answer->addWidget(problem_);
    layout->addLayout(answer);
}

bool ProductionQuestion::isAnswered() const {
    return field_->text().trimmed() == production_.name.trimmed();
}

bool ProductionQuestion::insist() {
    if (isAnswered()) return true;
    setLook(field_, "invalid", true);
    problem_->setText(field_->text().trimmed().isEmpty() ? tr("Type its name first")
                                                         : tr("That is not its name"));
    problem_->show();
    field_->setFocus(Qt::OtherFocusReason);
    return false;
}

void ProductionQuestion::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QColor tint = production_.colour;
    tint.setAlphaF(0.10F);
    painter.fillRect(rect(), tint);
    painter.fillRect(QRect(0, 0, 4, height()), production_.colour);
}

}  // namespace stepwell
