using Microsoft.Extensions.Options;

namespace Bert.MLNet.Server.Requests;

/// <summary>Checks the options when they are first read, at the start of the server.</summary>
internal sealed class ServerOptionsValidation : IValidateOptions<BertServerOptions>
{
    public ValidateOptionsResult Validate(string? name, BertServerOptions options) =>
        options.Mistakes().ToArray() is { Length: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
}
