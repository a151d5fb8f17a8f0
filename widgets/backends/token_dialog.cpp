#include "widgets/backends/token_dialog.h"

#include "models/backends/access_models.h"
#include "widgets/controls.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace stepwell {
namespace {

constexpr int longestName = 100;
constexpr int besideRow = 32;
constexpr int besideValue = 28;  ///< padding, border and cursor of the field

constexpr std::array<const char*, 5> products = {"workflows", "workers", "pages", "analytics", "account"};

}  // namespace

TokenDialog::TokenDialog(AccessService& access, QWidget* parent)
    : ActionDialog(tr("Create a token"), tr("Create token"), Look::main, parent)
    , access_(access)
    , form_(new QWidget)
    , name_(new QLineEdit)
    , expires_(new ComboBox) {
    setObjectName("tokenDialog");
    layOut();
    connect(name_, &QLineEdit::textChanged, this, &TokenDialog::validate);
    for (const auto& [product, level] : levels_)
        connect(level, &QComboBox::currentIndexChanged, this, &TokenDialog::validate);
    connect(this, &ActionDialog::confirmed, this, [this] { isMade_ ? accept() : create(); });
    validate();
    name_->setFocus();
}

void TokenDialog::layOut() {
    auto* grid = new QGridLayout(form_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    int row = 0;
    const auto add = [&](const QString& text, QWidget* field) {
        auto* label = makeLabel(text);
        label->setBuddy(field);
        field->setAccessibleName(text);
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row++, 1);
    };
    name_->setMaxLength(longestName);
    name_->setPlaceholderText(tr("who or what uses it"));
    add(tr("Name"), name_);
    for (const char* id : products) {
        auto* level = new ComboBox;
        level->addItem(tr("No access"), QStringLiteral("none"));
        level->addItem(tr("Read"), QStringLiteral("read"));
        level->addItem(tr("Edit"), QStringLiteral("edit"));
        levels_.emplace_back(id, level);
        add(productName(id), level);
    }
    expires_->addItem(tr("In 30 days"), QStringLiteral("30 days"));
    expires_->addItem(tr("In 90 days"), QStringLiteral("90 days"));
    expires_->addItem(tr("In a year"), QStringLiteral("365 days"));
    expires_->addItem(tr("Tomorrow"), QStringLiteral("24 hours"));
    expires_->addItem(tr("Never"), QString());
    add(tr("Ends"), expires_);
    grid->setColumnStretch(1, 1);
    body()->addWidget(form_);
}

NewAccessToken TokenDialog::wanted() const {
    NewAccessToken token;
    token.name = name_->text().trimmed().toStdString();
    for (const auto& [product, level] : levels_)
        if (level->currentIndex() > 0)
            token.permissions[product] = level->currentData().toString().toStdString();
    token.expires = expires_->currentData().toString().toStdString();
    return token;
}

void TokenDialog::validate() {
    const auto token = wanted();
    verbButton()->setEnabled(!token.name.empty() && !token.permissions.empty());
    setNote(token.name.empty()          ? tr("Give it a name")
            : token.permissions.empty() ? tr("Say what it may do")
                                        : QString());
}

void TokenDialog::create() {
    setBusy(tr("Creating…"));
    isBeingMade_ = true;
    cancelButton()->setEnabled(false);
    access_.createToken(wanted(), this, [this](const api::Result<CreatedAccessToken>& answer) {
        isBeingMade_ = false;
        cancelButton()->setEnabled(true);
        if (!answer) return showError(QString::fromStdString(answer.error().message));
        showValue(*answer);
        emit created();
    });
}

void TokenDialog::reject() {
    if (!isBeingMade_) ActionDialog::reject();
}

void TokenDialog::showValue(const CreatedAccessToken& made) {
    isMade_ = true;
    form_->hide();
    setHeading(tr("The token %1").arg(QString::fromStdString(made.token.name)));
    auto* words = makeLabel(tr("Copy it now: it is shown this once, and kept nowhere but as a hash."));
    words->setWordWrap(true);
    auto* value = new QLineEdit(QString::fromStdString(made.value));
    value->setObjectName("tokenValue");
    value->setProperty("kind", "mono");
    value->setReadOnly(true);
    value->setAccessibleName(tr("The token"));
    // All of it is seen: nobody copies what may be cut.
    value->ensurePolished();
    value->setMinimumWidth(value->fontMetrics().horizontalAdvance(value->text()) + besideValue);
    value->setCursorPosition(0);
    auto* copy = makeButton(tr("Copy"));
    copy->setAutoDefault(true);  // Enter copies while it has the focus, and does not close what is shown once
    connect(copy, &QPushButton::clicked, this, [this, value] {
        QApplication::clipboard()->setText(value->text());
        setNote(tr("Copied"));
    });
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(value, 1);
    row->addWidget(copy);
    body()->addWidget(words);
    body()->addLayout(row);
    body()->addStretch(1);
    cancelButton()->hide();
    clearError();
    form_->parentWidget()->setEnabled(true);
    setVerb(tr("Done"));
    verbButton()->setEnabled(true);
    setNote({});
    copy->setFocus();
    // The dialog has a least width of its own, so its layout does not ask for more.
    setMinimumWidth(value->minimumWidth() + row->spacing() + copy->sizeHint().width() + besideRow);
    body()->activate();
    layout()->activate();
    resize(minimumWidth(), layout()->totalHeightForWidth(minimumWidth()));
}

}  // namespace stepwell
