using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// A field of <c>config.json</c> that only supports some values. Other values are rejected with a message that names the field.
/// </summary>
/// <param name="Name">The name of the field in the file.</param>
/// <param name="Supported">The supported values, as the part of the message "only … are".</param>
/// <param name="IsSupported">Returns whether a value other than null is supported.</param>
internal sealed record LimitedField(string Name, string Supported, Func<JsonElement, bool> IsSupported);
