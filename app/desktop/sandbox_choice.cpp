#include "app/desktop/sandbox_choice.h"

#include "app/desktop/local_engine.h"
#include "widgets/main_window.h"

#include <QAction>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>

namespace stepwell {

namespace {

const QString settingsKey = QStringLiteral("engine/allowUnsandboxed");

}  // namespace

SandboxChoice::SandboxChoice(LocalEngine& engine, MainWindow& window)
    : QObject(&window)
    , engine_(engine)
    , window_(window)
    , action_(new QAction(tr("Run code without a sandbox"), this)) {
    action_->setCheckable(true);
    action_->setChecked(allowedBySettings());
    window.addAction(action_);
    connect(action_, &QAction::triggered, this, [this](bool on) {
        if (on)
            ask(tr("User code would run with your rights: it could read and change your files and reach your "
                   "network."));
        else
            set(false);
    });
    connect(&engine, &LocalEngine::sandboxMissing, this, &SandboxChoice::ask);
}

bool SandboxChoice::allowedBySettings() {
    return QSettings().value(settingsKey, false).toBool();
}

void SandboxChoice::ask(const QString& reason) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Run code without a sandbox?"), reason,
                                QMessageBox::NoButton, &window_);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(
        tr("Without a sandbox, only run code you trust. The engine restarts; nothing stored is lost."));
    auto* accept = box->addButton(tr("Run without a sandbox"), QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(tr("Not now"), QMessageBox::RejectRole));
    connect(box, &QMessageBox::finished, this, [this, box, accept] { set(box->clickedButton() == accept); });
    box->open();
}

void SandboxChoice::set(bool allow) {
    action_->setChecked(allow);
    if (allowedBySettings() == allow) return;
    QSettings().setValue(settingsKey, allow);
    engine_.setAllowUnsandboxed(allow);
    engine_.start();
}

}  // namespace stepwell
