#include "widgets/empty_state.h"

#include "widgets/controls.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace stepwell {
namespace {
constexpr int signSize = 40;
}

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , sentence_(makeLabel(QString(), "cardTitle"))
    , detail_(makeLabel(QString(), "mute"))
    , button_(makeButton(QString()))
    , sign_(new QWidget) {
    sign_->setFixedSize(signSize, signSize);
    sign_->setAttribute(Qt::WA_TransparentForMouseEvents);
    sentence_->setAlignment(Qt::AlignCenter);
    sentence_->setWordWrap(true);
    detail_->setAlignment(Qt::AlignCenter);
    detail_->setWordWrap(true);
    detail_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    sentence_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    detail_->setMaximumWidth(560);
    connect(button_, &QPushButton::clicked, this, &EmptyState::actionRequested);
    // Its one action has the focus and a ring: Enter is expected to do it, as in a dialog.
    for (const auto key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto* enter = new QShortcut(key, button_);
        enter->setContext(Qt::WidgetShortcut);
        connect(enter, &QShortcut::activated, button_, &QPushButton::click);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    layout->addStretch(2);
    layout->addWidget(sign_, 0, Qt::AlignHCenter);
    layout->addWidget(sentence_);
    // In a row and not aligned in the column: only so does the layout give the text the height of all its
    // lines.
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(detail_, 1000);
    row->addStretch(1);
    layout->addLayout(row);
    layout->addSpacing(4);
    layout->addWidget(button_, 0, Qt::AlignHCenter);
    layout->addStretch(3);
}

void EmptyState::show(Kind kind, const QString& sentence, const QString& detail, const QString& action) {
    kind_ = kind;
    sentence_->setText(sentence);
    detail_->setText(detail);
    detail_->setVisible(!detail.isEmpty());
    button_->setText(action);
    button_->setVisible(!action.isEmpty());
    setAccessibleName(sentence);
    update();
}

void EmptyState::setGlyph(Glyph glyph) {
    glyph_ = glyph;
    update();
}

void EmptyState::showError(const api::Error& error, const QString& what, const QString& permission) {
    const QString reason = QString::fromStdString(error.message);
    if (error.http == 401) {
        show(Kind::notPermitted, tr("%1 could not be read: the token is wrong").arg(what),
             tr("%1\nThe token of a Stepwell engine stands in the file “token” of its data folder; stepwelld "
                "prints that path as token_file when it starts. Enter it anew: Ctrl+B, “Change…”.")
                 .arg(reason),
             tr("Try again"));
        return;
    }
    if (error.code == api::code::unsupported)
        return show(Kind::nothingYet, tr("%1 cannot be shown for this backend").arg(what), reason, {});
    // Our own engines say so of an account that they do not have: another token would not help.
    if (error.http == 403 && reason.startsWith(QLatin1String("There is no account")))
        return show(Kind::failed, tr("%1 could not be loaded").arg(what), reason, tr("Try again"));
    // Our own engines name the permission themselves, in their words.
    if (error.http == 403 && reason.contains(QLatin1String("the permission")))
        return show(
            Kind::notPermitted, tr("%1 may not be read with this token").arg(what),
            tr("%1 Give the token that permission, or enter another one: Ctrl+B, “Change…”.").arg(reason),
            tr("Try again"));
    if (error.http == 403) {
        show(Kind::notPermitted, tr("%1 may not be read with this token").arg(what),
             tr("The token lacks the permission “%1”. Give it that permission, or enter another token: "
                "Ctrl+B, “Change…”. %2")
                 .arg(permission, reason),
             tr("Try again"));
        return;
    }
    show(Kind::failed, tr("%1 could not be loaded").arg(what), reason, tr("Try again"));
}

QString EmptyState::sentence() const {
    return sentence_->text();
}

void EmptyState::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF box = QRectF(sign_->geometry()).adjusted(6, 6, -6, -6);
    const auto& theme = Theme::get();
    switch (kind_) {
    case Kind::nothingYet:
        paintGlyph(painter, box, glyph_, theme.color(Token::faint));
        break;
    case Kind::filteredOut:
        paintGlyph(painter, box, Glyph::search, theme.color(Token::faint));
        break;
    case Kind::failed:
        paintStatusShape(painter, box, {api::Status::errored});
        break;
    case Kind::notPermitted:
        paintGlyph(painter, box, Glyph::lock, theme.color(Token::waiting));
        break;
    }
}

}  // namespace stepwell
